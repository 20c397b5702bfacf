/** One series at one moment. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * What is common to the queries that the stand-in knows. This is no PromQL: which figure is meant is decided by a table
 * of metric names, and only this much around it is understood: equality matchers, one `sum|max|min|count by(…)`, and a
 * comparison with a number at the end.
 */
export function shape(query: string, series: readonly Series[]): Series[] {
  const matching = series.filter(({ labels }) => matchersOf(query).every((matches) => matches(labels)))
  return compared(query, aggregated(query, named(query, matching)))
}

/** The name of a metric is a label of its series as long as nothing is computed of them but a comparison. */
function named(query: string, series: readonly Series[]): readonly Series[] {
  const [, name] = /^\s*([A-Za-z_:][\w:]*)\s*(?:\{[^}]*\})?\s*(?:[=!<>]=?\s*[-\d.]+\s*)?$/.exec(query) ?? []
  if (name === undefined) return series
  return series.map(({ labels, value }) => ({ labels: { __name__: name, ...labels }, value }))
}

function matchersOf(query: string): ((labels: Series['labels']) => boolean)[] {
  const [, inside = ''] = /\{([^}]*)\}/.exec(query) ?? []
  return [...inside.matchAll(/([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value]) => {
    // A label that the figures do not have cannot tell them apart.
    return (labels) => labels[name] === undefined || labels[name] === value
  })
}

function aggregated(query: string, series: readonly Series[]): readonly Series[] {
  const [, operator, list] = /\b(sum|max|min|count)(?:\s+|\s*)by\s*\(([^)]*)\)/.exec(query) ?? []
  const [, bare] = /^\s*(sum|max|min|count)\s*\(/.exec(query) ?? []
  const kind = operator ?? bare
  if (kind === undefined) return series
  const names = (list ?? '').split(',').map((name) => name.trim())
  const project = (labels: Series['labels']) =>
    Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])))
  const groups = Map.groupBy(series, ({ labels }) => JSON.stringify(project(labels)))
  return [...groups].map(([key, group]) => ({
    labels: JSON.parse(key) as Record<string, string>,
    value: combine(
      kind,
      group.map(({ value }) => value),
    ),
  }))
}

function combine(kind: string, values: readonly number[]): number {
  if (kind === 'count') return values.length
  if (kind === 'max') return Math.max(...values)
  return kind === 'min' ? Math.min(...values) : values.reduce((sum, value) => sum + value, 0)
}

function compared(query: string, series: readonly Series[]): Series[] {
  const [, operator, text] = /(==|!=|>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*\)?\s*$/.exec(query) ?? []
  const limit = Number(text)
  return series.filter(({ value }) => {
    switch (operator) {
      case '==':
        return value === limit
      case '!=':
        return value !== limit
      case '>=':
        return value >= limit
      case '<=':
        return value <= limit
      case '>':
        return value > limit
      case '<':
        return value < limit
      default:
        return true
    }
  })
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }
const UNCLOSED: Readonly<Record<string, string>> = {
  '(': 'unclosed left parenthesis',
  '{': 'unexpected end of input inside braces',
  '[': 'unclosed left bracket',
}

/** Where the parentheses of a query do not close, as Prometheus says it; null when they do. */
export function syntaxFault(query: string): string | null {
  if (query.trim() === '') return '1:1: parse error: no expression found in input'
  const open: string[] = []
  const bare = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, (text) => ' '.repeat(text.length))
  for (const [index, letter] of [...bare].entries()) {
    if (letter in CLOSING) open.push(letter)
    if (!Object.values(CLOSING).includes(letter)) continue
    if (CLOSING[open.pop() ?? ''] === letter) continue
    const what = letter === ')' ? 'right parenthesis' : 'character'
    return `1:${index + 2}: parse error: unexpected ${what} '${letter}'`
  }
  const last = open.at(-1)
  return last === undefined ? null : `1:${query.length + 1}: parse error: ${UNCLOSED[last]}`
}
