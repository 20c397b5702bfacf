import { hash } from 'node:crypto'
import type { AuditRow } from '../core/ports/audit.ts'

/** What the first row names as the one before it. */
export const GENESIS = '0'.repeat(64)

/** The fields of a row, in the order that RFC 8785 gives them; `hash` is not part of what is hashed. */
const FIELDS = [
  'actor',
  'at',
  'channel',
  'code',
  'command',
  'decision',
  'kind',
  'operation',
  'payloadHash',
  'person',
  'prev',
  'ref',
  'seq',
  'surface',
  'target',
] as const satisfies readonly (keyof AuditRow)[]

/** The RFC 8785 bytes of a row without `hash`, as text: JSON.stringify writes strings and integers as that RFC asks. */
export function canonicalRow(row: AuditRow): string {
  let text = '{'
  for (const field of FIELDS) {
    text += `${text.length > 1 ? ',' : ''}"${field}":${JSON.stringify(row[field])}`
  }
  return `${text}}`
}

/** SHA-256 of the canonical row, lower-case hexadecimal. */
export function hashRow(row: AuditRow): string {
  return hash('sha256', canonicalRow(row), 'hex')
}

const NULLABLE = new Set<string>(['channel', 'code', 'command', 'operation', 'payloadHash', 'target'])

/** Why this is not a row of an audit export; null when it is one. */
export function rowFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object'
  const entries = Object.entries(value)
  if (entries.length !== FIELDS.length + 1)
    return `it has ${entries.length} fields instead of ${FIELDS.length + 1}`
  const row: Record<string, unknown> = Object.fromEntries(entries)
  if (!Number.isSafeInteger(row.seq)) return 'its seq is not an integer'
  for (const field of [...FIELDS, 'hash']) {
    if (field === 'seq') continue
    if (!(field in row)) return `it has no ${field}`
    if (typeof row[field] !== 'string' && !(row[field] === null && NULLABLE.has(field)))
      return `its ${field} is not a text`
  }
  return null
}

/** A line of an export as a row; throws with the reason when it is none. */
export function parseRow(line: string): AuditRow {
  const value: unknown = JSON.parse(line)
  const fault = rowFault(value)
  if (fault) throw new Error(fault)
  return value as AuditRow
}
