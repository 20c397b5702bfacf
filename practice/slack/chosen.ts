import { isObject, type Json, objects, string } from './json.ts'

/** What somebody chose or typed in a control: `{ selected_option: … }`, `{ selected_user: … }`, `{ value: … }`. */
export type Chosen = Json

/** Under which key Slack reports what stands in a control. https://docs.slack.dev/reference/block-kit/block-elements */
const KEYS: Readonly<Record<string, string>> = {
  static_select: 'selected_option',
  external_select: 'selected_option',
  overflow: 'selected_option',
  radio_buttons: 'selected_option',
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  checkboxes: 'selected_options',
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  plain_text_input: 'value',
  number_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
  rich_text_input: 'rich_text_value',
  file_input: 'files',
}
/** What stands in a control before anybody touched it, by the key above. */
const INITIAL: Readonly<Record<string, string>> = {
  selected_option: 'initial_option',
  selected_options: 'initial_options',
  selected_user: 'initial_user',
  selected_users: 'initial_users',
  selected_conversation: 'initial_conversation',
  selected_conversations: 'initial_conversations',
  selected_channel: 'initial_channel',
  selected_channels: 'initial_channels',
  selected_date: 'initial_date',
  selected_time: 'initial_time',
  selected_date_time: 'initial_date_time',
  value: 'initial_value',
  rich_text_value: 'initial_value',
}
const isMany = (key: string) =>
  key === 'selected_options' || key === 'files' || /^selected_[a-z]+s$/.test(key)

/** The options of a menu, those of its groups among them. */
export const optionsOf = (element: Json): readonly Json[] => [
  ...objects(element.options),
  ...objects(element.option_groups).flatMap((group) => objects(group.options)),
]

/**
 * What the control reports when this was chosen in it. `option` is the short way to choose by an option's value. Throws
 * when the control has no such option, which a person could not have chosen either.
 */
export function reported(element: Json, option: string | undefined, chosen: Chosen | undefined): Json {
  const key = KEYS[string(element.type)]
  if (key === undefined) throw new Error(`nothing can be chosen in a ${string(element.type)}`)
  if (option !== undefined) return { [key]: isMany(key) ? [own(element, option)] : own(element, option) }
  const given = chosen?.[key]
  if (given === undefined) throw new Error(`what was chosen in ${string(element.action_id)} is missing`)
  if (string(element.type).includes('external')) return { [key]: given }
  if (key === 'selected_option') return { [key]: isObject(given) ? own(element, string(given.value)) : null }
  if (key === 'selected_options')
    return { [key]: objects(given).map(({ value }) => own(element, string(value))) }
  return { [key]: given }
}

function own(element: Json, value: string): Json {
  const found = optionsOf(element).find((option) => option.value === value)
  if (found === undefined)
    throw new Error(`the menu ${string(element.action_id)} has no option ${value || 'undefined'}`)
  return found
}

/** Slack's `state.values`: what stands in every control, as entered (`given`) or as it was to begin with. */
export function stateValues(blocks: readonly Json[], given: Json): Json {
  const values: Record<string, Json> = {}
  for (const block of blocks) {
    const id = string(block.block_id)
    const entered = isObject(given[id]) ? given[id] : {}
    for (const element of elementsOf(block)) {
      const key = KEYS[string(element.type)]
      if (key === undefined || element.type === 'overflow') continue
      const action = string(element.action_id)
      const own = entered[action] ?? initial(element, key)
      values[id] = { ...values[id], [action]: own }
    }
  }
  return { ...given, ...values }
}

const elementsOf = (block: Json): readonly Json[] =>
  block.type === 'actions' ? objects(block.elements) : objects([block.accessory, block.element])

function initial(element: Json, key: string): Json {
  const value = element[INITIAL[key] ?? ''] ?? (isMany(key) ? [] : null)
  return { type: element.type, [key]: value }
}
