/** JSON as it travels between Slack, the emulator and the page. */
export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objects = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter(isObject) : []

export const string = (value: unknown): string => (typeof value === 'string' ? value : '')

export const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []

/** Slack's methods take flags as booleans in JSON and as words in forms. */
export const truthy = (value: unknown): boolean =>
  value === true || value === 'true' || value === '1' || value === 1

/** An object that was sent as it is, or as JSON inside a form field. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value === '') return value === '' ? undefined : value
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}
