import { isObject, type Json, string } from './json.ts'

/** What Slack would say, in its own words. */
export type Faults = string[]

/** Slack's documented limits in characters and in pieces; sources: https://docs.slack.dev/reference/block-kit */
export const TEXT = {
  section: 3000,
  field: 2000,
  header: 150,
  button: 75,
  option: 75,
  placeholder: 150,
  label: 2000,
  alt: 2000,
  url: 3000,
  markdown: 12_000,
} as const
export const COUNT = {
  ...{ fields: 10, context: 10, actions: 25, contextActions: 5, options: 100, groups: 100, overflow: 5 },
  ...{ choices: 10, rows: 100, cells: 20, charts: 2 },
} as const
const ID = 255

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

export function text(faults: Faults, value: unknown, limit: number, at: string, only?: 'plain_text'): void {
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

export function atMost(faults: Faults, value: unknown, limit: number, at: string): void {
  if (typeof value !== 'string') return
  if (Array.from(value).length > limit)
    faults.push(`[ERROR] must be less than ${limit + 1} characters [json-pointer:${at}]`)
}

export function identifier(faults: Faults, value: unknown, at: string): void {
  if (value !== undefined) atMost(faults, value, ID, at)
}

export function items(faults: Faults, value: unknown, limit: number, at: string): void {
  const count = Array.isArray(value) ? value.length : 0
  if (count === 0) faults.push(`[ERROR] no fewer than 1 items allowed [json-pointer:${at}]`)
  if (count > limit) faults.push(`[ERROR] no more than ${limit} items allowed [json-pointer:${at}]`)
}

export function unknownKeys(faults: Faults, value: Json, at: string): void {
  const known = KEYS[string(value.type)]
  if (known === undefined) return
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) faults.push(`[ERROR] invalid additional property: ${key} [json-pointer:${at}]`)
  }
}
