import { atMost, COUNT, type Faults, identifier, items, TEXT, text, unknownKeys } from './block-faults.ts'
import { isObject, type Json, objects, string } from './json.ts'

/** What stands in a block and can be used: https://docs.slack.dev/reference/block-kit/block-elements */
export function element(faults: Faults, entry: Json, at: string): void {
  identifier(faults, entry.action_id, `${at}/action_id`)
  unknownKeys(faults, entry, at)
  const kind = string(entry.type)
  if (isObject(entry.confirm)) confirmation(faults, entry.confirm, `${at}/confirm`)
  if (entry.placeholder !== undefined)
    text(faults, entry.placeholder, TEXT.placeholder, `${at}/placeholder`, 'plain_text')
  if (kind === 'button') button(faults, entry, at)
  if (kind === 'image') image(faults, entry, at)
  if (kind.endsWith('static_select')) select(faults, entry, at)
  if (kind === 'overflow') options(faults, entry.options, COUNT.overflow, `${at}/options`)
  if (kind === 'checkboxes' || kind === 'radio_buttons')
    options(faults, entry.options, COUNT.choices, `${at}/options`)
  if (kind === 'plain_text_input') typed(faults, entry, at)
}

function button(faults: Faults, entry: Json, at: string): void {
  text(faults, entry.text, TEXT.button, `${at}/text`, 'plain_text')
  atMost(faults, entry.value, 2000, `${at}/value`)
  atMost(faults, entry.url, TEXT.url, `${at}/url`)
  atMost(faults, entry.accessibility_label, 75, `${at}/accessibility_label`)
  const { style } = entry
  if (style !== undefined && style !== 'primary' && style !== 'danger')
    faults.push(`[ERROR] invalid style [json-pointer:${at}/style]`)
}

/** An image, as a block of its own and within another. */
export function image(faults: Faults, entry: Json, at: string): void {
  if (string(entry.alt_text) === '')
    faults.push(`[ERROR] missing required field: alt_text [json-pointer:${at}]`)
  atMost(faults, entry.alt_text, TEXT.alt, `${at}/alt_text`)
  atMost(faults, entry.image_url, TEXT.url, `${at}/image_url`)
  if (entry.title !== undefined) text(faults, entry.title, TEXT.alt, `${at}/title`, 'plain_text')
}

function select(faults: Faults, entry: Json, at: string): void {
  if (entry.option_groups === undefined) {
    options(faults, entry.options, COUNT.options, `${at}/options`)
    return
  }
  items(faults, entry.option_groups, COUNT.groups, `${at}/option_groups`)
  objects(entry.option_groups).forEach((group, index) => {
    const here = `${at}/option_groups/${index}`
    text(faults, group.label, TEXT.option, `${here}/label`, 'plain_text')
    options(faults, group.options, COUNT.options, `${here}/options`)
  })
}

function options(faults: Faults, given: unknown, most: number, at: string): void {
  items(faults, given, most, at)
  objects(given).forEach((option, index) => {
    text(faults, option.text, TEXT.option, `${at}/${index}/text`)
    atMost(faults, option.value, 150, `${at}/${index}/value`)
    atMost(faults, option.url, TEXT.url, `${at}/${index}/url`)
    if (option.description !== undefined)
      text(faults, option.description, TEXT.option, `${at}/${index}/description`)
  })
}

function typed(faults: Faults, entry: Json, at: string): void {
  const most = entry.max_length
  if (typeof most === 'number' && most > 3000)
    faults.push(`[ERROR] must be less than 3001 [json-pointer:${at}/max_length]`)
  atMost(faults, entry.initial_value, 3000, `${at}/initial_value`)
}

function confirmation(faults: Faults, confirm: Json, at: string): void {
  text(faults, confirm.title, 100, `${at}/title`, 'plain_text')
  text(faults, confirm.text, 300, `${at}/text`)
  text(faults, confirm.confirm, 30, `${at}/confirm`, 'plain_text')
  text(faults, confirm.deny, 30, `${at}/deny`, 'plain_text')
}
