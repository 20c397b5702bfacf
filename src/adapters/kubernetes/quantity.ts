const SCALES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/

/**
 * A Kubernetes quantity (`250m`, `1.5Gi`, `12e3`) as a number of cores or bytes; null when it is none.
 * The client library's own parser throws on fractions such as `1.5Gi`.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || value.length > 64) return null
  const found = QUANTITY.exec(value)
  if (found === null) return null
  const [, digits = '', exponent = '', suffix = ''] = found
  const number = Number(`${digits}${exponent}`) * (SCALES[suffix] ?? Number.NaN)
  return Number.isFinite(number) ? number : null
}
