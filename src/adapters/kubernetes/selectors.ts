import { at, list, record, text } from '../../core/raw.ts'

/**
 * Kubernetes' selectors over labels. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function selects(selector: unknown, labels: unknown): boolean {
  if (typeof selector !== 'object' || selector === null) return false
  const wanted = Object.entries(record(at(selector, 'matchLabels')))
  return (
    wanted.every(([key, value]) => at(labels, key) === value) &&
    list(at(selector, 'matchExpressions')).every((one) => holds(one, at(labels, text(at(one, 'key')) ?? '')))
  )
}

/** One expression of a selector over labels, of a node affinity or of a quota's scope, for the value that is there. */
export function holds(expression: unknown, value: unknown): boolean {
  const values = list(at(expression, 'values'))
  switch (at(expression, 'operator')) {
    case 'In':
      return values.includes(value)
    case 'NotIn':
      return !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return Number(value) > Number(values[0])
    case 'Lt':
      return Number(value) < Number(values[0])
    default:
      return false
  }
}

/** The same selector as the API server wants it in a query: `app=orders,tier in (a,b)`. */
export function selectorText(selector: unknown): string {
  const equal = Object.entries(record(at(selector, 'matchLabels'))).map(([key, value]) => `${key}=${value}`)
  const more = list(at(selector, 'matchExpressions')).map((one) => {
    const key = text(at(one, 'key')) ?? ''
    const values = list(at(one, 'values')).join(',')
    switch (at(one, 'operator')) {
      case 'In':
        return `${key} in (${values})`
      case 'NotIn':
        return `${key} notin (${values})`
      case 'DoesNotExist':
        return `!${key}`
      default:
        return key
    }
  })
  return [...equal, ...more].join(',')
}
