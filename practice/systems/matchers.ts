export type Matcher = (labels: Readonly<Record<string, string>>) => boolean

/** `severity="critical"`, `service=~"orders.*"` as a test on labels (a missing label is empty); null when it is none. */
export function createMatcher(text: string): Matcher | null {
  const [, name, operator, quoted, bare] =
    /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"\s]*))\s*$/.exec(text) ?? []
  if (name === undefined || operator === undefined) return null
  const value = (quoted ?? bare ?? '').replaceAll(/\\(.)/g, '$1')
  if (operator === '=') return (labels) => (labels[name] ?? '') === value
  if (operator === '!=') return (labels) => (labels[name] ?? '') !== value
  const pattern = patternOf(value)
  if (pattern === null) return null
  return (labels) => pattern.test(labels[name] ?? '') === (operator === '=~')
}

/** A pattern that a whole value must match; null when it is none. */
export function patternOf(text: string): RegExp | null {
  try {
    return new RegExp(`^(?:${text})$`)
  } catch {
    return null
  }
}
