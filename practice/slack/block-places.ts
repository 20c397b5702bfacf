import type { Faults } from './block-faults.ts'
import { isObject, type Json, objects, string } from './json.ts'

/** Where blocks stand. `view`: a modal or a home tab, where it is not known which. */
export type Surface = 'message' | 'view' | 'modal' | 'home'
type Place = 'section' | 'actions' | 'input'

const ANY: readonly Surface[] = ['message', 'modal', 'home']
const CHOICES: readonly Place[] = ['section', 'actions', 'input']

/**
 * Which element Slack takes on which surface and in which block; what is not here is not held to anything.
 * https://docs.slack.dev/reference/block-kit/block-elements
 */
const ELEMENTS: Readonly<Record<string, readonly [on: readonly Surface[], within: readonly Place[]]>> = {
  button: [ANY, ['section', 'actions']],
  overflow: [ANY, ['section', 'actions']],
  image: [ANY, ['section']],
  checkboxes: [ANY, CHOICES],
  radio_buttons: [ANY, CHOICES],
  datepicker: [ANY, CHOICES],
  timepicker: [ANY, CHOICES],
  datetimepicker: [
    ['message', 'modal'],
    ['actions', 'input'],
  ],
  plain_text_input: [ANY, ['input']],
  rich_text_input: [
    ['modal', 'home'],
    ['actions', 'input'],
  ],
  email_text_input: [['modal'], ['input']],
  number_input: [['modal'], ['input']],
  url_text_input: [['modal'], ['input']],
  file_input: [['modal'], ['input']],
  workflow_button: [['message'], ['section', 'actions']],
  ...Object.fromEntries(
    ['static', 'external', 'users', 'conversations', 'channels'].flatMap((kind) =>
      [`${kind}_select`, `multi_${kind}_select`].map((type) => [type, [ANY, CHOICES] as const]),
    ),
  ),
}

/** Elements that Slack would not take where they stand. */
export function placeFaults(faults: Faults, block: Json, at: string, surface: Surface): void {
  for (const [element, within, where] of placed(block)) {
    const rule = ELEMENTS[string(element.type)]
    if (rule === undefined) continue
    const [on, places] = rule
    const fits = surface === 'view' ? on.some((one) => one !== 'message') : on.includes(surface)
    if (!fits || !places.includes(within))
      faults.push(`[ERROR] unsupported type: ${string(element.type)} [json-pointer:${at}/${where}/type]`)
  }
}

function placed(block: Json): readonly (readonly [Json, Place, string])[] {
  const { accessory, element } = block
  if (block.type === 'actions')
    return objects(block.elements).map((one, index) => [one, 'actions', `elements/${index}`] as const)
  if (block.type === 'section' && isObject(accessory)) return [[accessory, 'section', 'accessory']]
  return block.type === 'input' && isObject(element) ? [[element, 'input', 'element']] : []
}
