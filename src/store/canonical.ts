/** NUL and lone halves of surrogate pairs: PostgreSQL's text and RFC 8785 have no place for them. */
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text as it can be stored: what cannot be becomes U+FFFD, the replacement character. */
export function storable(text: string): string {
  return text.isWellFormed() && !text.includes('\u0000') ? text : text.replace(UNSTORABLE, '\ufffd')
}

/**
 * RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code units, no white space, ECMAScript's numbers and
 * string escapes. Members that are undefined are left out; strings are made storable first.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(storable(value))
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (value instanceof Date) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(storable(key))}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** JSON escapes of what cannot be stored, as they stand in serialised text. */
const ESCAPED = /\\u(0000|d[89a-f])/

/** JSON that PostgreSQL takes in any column: serialised as it is, and only when need be with its strings made storable. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\u') || !ESCAPED.test(text)) return text
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' ? storable(member) : member,
  )
}
