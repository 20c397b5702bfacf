import { isObject, type Json, objects, string } from './json.ts'

/**
 * Slack takes all blocks of a message or none. These are its documented limits for the blocks that apps use; sources:
 * https://docs.slack.dev/reference/block-kit/blocks and .../block-elements. A fault reads as Slack words it.
 */
type Faults = string[]

const TEXT = { section: 3000, field: 2000, header: 150, button: 75, option: 75, placeholder: 150 } as const
const COUNT = { fields: 10, context: 10, actions: 25, options: 100 } as const
const ID = 255

export const SURFACE_LIMIT = { message: 50, view: 100 } as const

const BLOCKS = new Set([
  ...['section', 'header', 'context', 'actions', 'divider', 'rich_text', 'input', 'image', 'file', 'video'],
  ...['table', 'markdown', 'data_table', 'data_visualization', 'alert', 'card', 'context_actions'],
])
const KEYS: Record<string, readonly string[]> = {
  section: ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'],
  header: ['type', 'block_id', 'text', 'level'],
  context: ['type', 'block_id', 'elements'],
  actions: ['type', 'block_id', 'elements'],
  divider: ['type', 'block_id'],
  rich_text: ['type', 'block_id', 'elements'],
  input: ['type', 'block_id', 'label', 'element', 'hint', 'optional', 'dispatch_action'],
  button: ['type', 'action_id', 'text', 'value', 'url', 'style', 'accessibility_label', 'confirm'],
}

/** What Slack would say against these blocks; empty when it would take them. */
export function blockFaults(blocks: unknown, surface: 'message' | 'view'): readonly string[] {
  if (!Array.isArray(blocks)) return ['[ERROR] must be an array [json-pointer:/blocks]']
  const faults: Faults = []
  const limit = SURFACE_LIMIT[surface]
  if (blocks.length > limit) faults.push(`[ERROR] no more than ${limit} items allowed [json-pointer:/blocks]`)
  const ids = new Set<string>()
  blocks.forEach((block: unknown, index) => {
    const at = `/blocks/${index}`
    if (!isObject(block) || !BLOCKS.has(string(block.type))) {
      faults.push(
        `[ERROR] unsupported type: ${isObject(block) ? string(block.type) : 'none'} [json-pointer:${at}/type]`,
      )
      return
    }
    identifier(faults, block.block_id, `${at}/block_id`)
    const id = string(block.block_id)
    if (id !== '' && ids.has(id))
      faults.push(`[ERROR] \`block_id\` ${id} already exists for another block [json-pointer:${at}/block_id]`)
    ids.add(id)
    unknownKeys(faults, block, at)
    RULES[string(block.type)]?.(faults, block, at)
  })
  return faults
}

const RULES: Record<string, (faults: Faults, block: Json, at: string) => void> = {
  section(faults, block, at) {
    const fields = block.fields
    if (block.text === undefined && fields === undefined)
      faults.push(`[ERROR] missing required field: text [json-pointer:${at}]`)
    if (block.text !== undefined) text(faults, block.text, TEXT.section, `${at}/text`)
    if (fields !== undefined) {
      items(faults, fields, COUNT.fields, `${at}/fields`)
      objects(fields).forEach((field, index) => {
        text(faults, field, TEXT.field, `${at}/fields/${index}`)
      })
    }
    if (isObject(block.accessory)) element(faults, block.accessory, `${at}/accessory`)
  },
  header(faults, block, at) {
    text(faults, block.text, TEXT.header, `${at}/text`, 'plain_text')
  },
  context(faults, block, at) {
    items(faults, block.elements, COUNT.context, `${at}/elements`)
    objects(block.elements).forEach((entry, index) => {
      if (entry.type !== 'image') text(faults, entry, TEXT.section, `${at}/elements/${index}`)
    })
  },
  actions(faults, block, at) {
    items(faults, block.elements, COUNT.actions, `${at}/elements`)
    const seen = new Set<string>()
    objects(block.elements).forEach((entry, index) => {
      const here = `${at}/elements/${index}`
      element(faults, entry, here)
      const id = string(entry.action_id)
      if (id !== '' && seen.has(id))
        faults.push(
          `[ERROR] \`action_id\` ${id} already exists for another element [json-pointer:${here}/action_id]`,
        )
      seen.add(id)
    })
  },
  input(faults, block, at) {
    text(faults, block.label, 2000, `${at}/label`, 'plain_text')
    if (isObject(block.element)) element(faults, block.element, `${at}/element`)
    else faults.push(`[ERROR] missing required field: element [json-pointer:${at}]`)
  },
  rich_text(faults, block, at) {
    items(faults, block.elements, Number.POSITIVE_INFINITY, `${at}/elements`)
    objects(block.elements).forEach((part, index) => {
      objects(part.elements).forEach((entry, inner) => {
        const here = `${at}/elements/${index}/elements/${inner}/text`
        if (entry.type === 'text' && string(entry.text) === '')
          faults.push(`[ERROR] must be more than 0 characters [json-pointer:${here}]`)
      })
    })
  },
}

function element(faults: Faults, entry: Json, at: string): void {
  identifier(faults, entry.action_id, `${at}/action_id`)
  const kind = string(entry.type)
  unknownKeys(faults, entry, at)
  if (kind === 'button') {
    text(faults, entry.text, TEXT.button, `${at}/text`, 'plain_text')
    atMost(faults, entry.value, 2000, `${at}/value`)
    atMost(faults, entry.url, 3000, `${at}/url`)
    atMost(faults, entry.accessibility_label, 75, `${at}/accessibility_label`)
    const style = entry.style
    if (style !== undefined && style !== 'primary' && style !== 'danger')
      faults.push(`[ERROR] invalid style [json-pointer:${at}/style]`)
    if (isObject(entry.confirm)) confirmation(faults, entry.confirm, `${at}/confirm`)
  }
  if (entry.placeholder !== undefined)
    text(faults, entry.placeholder, TEXT.placeholder, `${at}/placeholder`, 'plain_text')
  if (kind.endsWith('static_select')) {
    if (entry.option_groups === undefined) items(faults, entry.options, COUNT.options, `${at}/options`)
    objects(entry.options).forEach((option, index) => {
      text(faults, option.text, TEXT.option, `${at}/options/${index}/text`)
      atMost(faults, option.value, 150, `${at}/options/${index}/value`)
      if (option.description !== undefined)
        text(faults, option.description, TEXT.option, `${at}/options/${index}/description`)
    })
  }
}

function confirmation(faults: Faults, confirm: Json, at: string): void {
  text(faults, confirm.title, 100, `${at}/title`, 'plain_text')
  text(faults, confirm.text, 300, `${at}/text`)
  text(faults, confirm.confirm, 30, `${at}/confirm`, 'plain_text')
  text(faults, confirm.deny, 30, `${at}/deny`, 'plain_text')
}

function text(faults: Faults, value: unknown, limit: number, at: string, only?: 'plain_text'): void {
  if (!isObject(value)) {
    faults.push(`[ERROR] missing required field: text [json-pointer:${at}]`)
    return
  }
  const allowed = only === undefined ? ['plain_text', 'mrkdwn'] : [only]
  if (!allowed.includes(string(value.type)))
    faults.push(`[ERROR] unsupported type: ${string(value.type)} [json-pointer:${at}/type]`)
  if (string(value.text) === '')
    faults.push(`[ERROR] must be more than 0 characters [json-pointer:${at}/text]`)
  atMost(faults, value.text, limit, `${at}/text`)
}

function atMost(faults: Faults, value: unknown, limit: number, at: string): void {
  if (typeof value !== 'string') return
  if (Array.from(value).length > limit)
    faults.push(`[ERROR] must be less than ${limit + 1} characters [json-pointer:${at}]`)
}

function identifier(faults: Faults, value: unknown, at: string): void {
  if (value !== undefined) atMost(faults, value, ID, at)
}

function items(faults: Faults, value: unknown, limit: number, at: string): void {
  const count = Array.isArray(value) ? value.length : 0
  if (count === 0) faults.push(`[ERROR] no fewer than 1 items allowed [json-pointer:${at}]`)
  if (count > limit) faults.push(`[ERROR] no more than ${limit} items allowed [json-pointer:${at}]`)
}

function unknownKeys(faults: Faults, value: Json, at: string): void {
  const known = KEYS[string(value.type)]
  if (known === undefined) return
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) faults.push(`[ERROR] invalid additional property: ${key} [json-pointer:${at}]`)
  }
}
