import { element, image } from './block-elements.ts'
import { atMost, COUNT, type Faults, identifier, items, TEXT, text, unknownKeys } from './block-faults.ts'
import { placeFaults, type Surface } from './block-places.ts'
import { isObject, type Json, objects, string } from './json.ts'

/**
 * Slack takes all blocks of a message or none. These are its documented limits for the blocks that apps use; sources:
 * https://docs.slack.dev/reference/block-kit/blocks and .../block-elements. A fault reads as Slack words it.
 */

export const SURFACE_LIMIT: Readonly<Record<Surface, number>> = {
  message: 50,
  view: 100,
  modal: 100,
  home: 100,
}

const BLOCKS = new Set([
  ...['section', 'header', 'context', 'actions', 'divider', 'rich_text', 'input', 'image', 'file', 'video'],
  ...['table', 'markdown', 'data_table', 'data_visualization', 'alert', 'card', 'context_actions'],
])
/** What Slack would say against these blocks; empty when it would take them. */
export function blockFaults(blocks: unknown, surface: Surface): readonly string[] {
  if (!Array.isArray(blocks)) return ['[ERROR] must be an array [json-pointer:/blocks]']
  const faults: Faults = []
  const limit = SURFACE_LIMIT[surface]
  if (blocks.length > limit) faults.push(`[ERROR] no more than ${limit} items allowed [json-pointer:/blocks]`)
  const charts = objects(blocks).filter(({ type }) => type === 'data_visualization').length
  if (charts > COUNT.charts)
    faults.push(
      `[ERROR] no more than ${COUNT.charts} data_visualization blocks allowed [json-pointer:/blocks]`,
    )
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
    placeFaults(faults, block, at, surface)
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
      const here = `${at}/elements/${index}`
      if (entry.type === 'image') image(faults, entry, here)
      else text(faults, entry, TEXT.section, here)
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
    text(faults, block.label, TEXT.label, `${at}/label`, 'plain_text')
    if (block.hint !== undefined) text(faults, block.hint, TEXT.label, `${at}/hint`, 'plain_text')
    if (isObject(block.element)) element(faults, block.element, `${at}/element`)
    else faults.push(`[ERROR] missing required field: element [json-pointer:${at}]`)
  },
  image,
  markdown(faults, block, at) {
    if (string(block.text) === '') faults.push(`[ERROR] missing required field: text [json-pointer:${at}]`)
    atMost(faults, block.text, TEXT.markdown, `${at}/text`)
  },
  table(faults, block, at) {
    items(faults, block.rows, COUNT.rows, `${at}/rows`)
    const rows = Array.isArray(block.rows) ? block.rows : []
    rows.forEach((row: unknown, index) => {
      items(faults, row, COUNT.cells, `${at}/rows/${index}`)
    })
  },
  context_actions(faults, block, at) {
    items(faults, block.elements, COUNT.contextActions, `${at}/elements`)
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
