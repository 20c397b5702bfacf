import { storable } from './canonical.ts'

/** A member of a composite type, as the server reads it. Arrays are of text. */
export type Field = string | number | bigint | boolean | null | readonly string[]

/**
 * A composite value as text (https://www.postgresql.org/docs/18/rowtypes.html#ROWTYPES-IO-SYNTAX), its members in the order
 * of the type. Strings are made storable first.
 */
export function compositeText(fields: readonly Field[]): string {
  return `(${fields.map(fieldText).join(',')})`
}

/** An array of what is text already (https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO). */
export function arrayText(elements: readonly string[]): string {
  return `{${elements.map(quoted).join(',')}}`
}

function fieldText(field: Field): string {
  if (field === null) return ''
  if (typeof field === 'string') return quoted(storable(field))
  if (typeof field === 'object') return quoted(arrayText(field.map(storable)))
  return String(field)
}

const SPECIAL = /["\\]/g
const CONTROL = /[\u0000-\u001f]/

/**
 * Both forms take a backslash before a quote and before a backslash. So does JSON, which is several times faster, as long as
 * there is no control character.
 */
function quoted(text: string): string {
  return CONTROL.test(text) ? `"${text.replace(SPECIAL, '\\$&')}"` : JSON.stringify(text)
}
