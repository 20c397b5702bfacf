/**
 * A sample's value as Prometheus writes it: a decimal number, `NaN`, `+Inf`, `-Inf` or `Inf`; null when it is none.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
 */
export function parseValue(text: string): number | null {
  if (text === 'NaN') return Number.NaN
  const infinite = /^([+-]?)Inf$/.exec(text)
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return null
  return Number(text)
}
