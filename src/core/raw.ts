/**
 * Reading JSON that nobody vouches for: a field that is missing or of another type is as good as absent, and nothing
 * here throws. What comes from an API server can hold anything that a custom controller or an attacker wrote.
 */
export type Raw = Readonly<Record<string, unknown>>

const NOTHING: Raw = Object.freeze({})

export function record(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : NOTHING
}

/** The value at a path of keys, own keys only. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    const holder = record(here)
    if (!Object.hasOwn(holder, key)) return undefined
    here = holder[key]
  }
  return here
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A string that is not empty, else null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A finite number, else the fallback. */
export function count(value: unknown, fallback = 0): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback
}

/** A moment written as RFC 3339, else null. */
export function moment(value: unknown): Date | null {
  if (typeof value !== 'string') return null
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}

/** `reason: message` of a condition or status, as much of it as there is. */
export function because(reason: unknown, message: unknown): string | null {
  const parts = [text(reason), text(message)].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(': ')
}

/** The condition of a type, an empty record when there is none. */
export function condition(object: unknown, type: string): Raw {
  return record(list(at(object, 'status', 'conditions')).find((one) => at(one, 'type') === type))
}

export interface Identity {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly createdAt: Date
}

/** Who an object is; null when it has no name or uid, so that it can be left out. */
export function identity(object: unknown): Identity | null {
  const name = text(at(object, 'metadata', 'name'))
  const uid = text(at(object, 'metadata', 'uid'))
  if (name === null || uid === null) return null
  return {
    namespace: text(at(object, 'metadata', 'namespace')) ?? '',
    name,
    uid,
    createdAt: moment(at(object, 'metadata', 'creationTimestamp')) ?? new Date(0),
  }
}

export function label(object: unknown, name: string): string | null {
  return text(at(object, 'metadata', 'labels', name))
}
