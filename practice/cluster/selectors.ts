import { badRequest } from './failures.ts'
import { type KubeObject, type Selector, valueAt } from './objects.ts'
import type { Resource } from './resources.ts'

export type Matcher = (object: KubeObject) => boolean

const everything: Matcher = () => true
const NAME = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?'
const IN = new RegExp(`^(${NAME})\\s+(in|notin)\\s+\\(([^()]*)\\)$`)
const EQUALS = new RegExp(`^(${NAME})\\s*(==|=|!=)\\s*(${NAME}|)$`)
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`)

/** `a=b,c!=d,e in (f,g),h,!i` as a test on an object's labels. */
export function labelMatcher(selector: string | null): Matcher {
  if (selector === null || selector.trim() === '') return everything
  const tests = splitOutsideParentheses(selector).map((part) => labelTest(part.trim()))
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}))
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

function labelTest(part: string): LabelTest {
  const set = IN.exec(part)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    const isIn: LabelTest = (labels) => labels[key] !== undefined && values.includes(labels[key])
    return operator === 'in' ? isIn : (labels) => !isIn(labels)
  }
  const equals = EQUALS.exec(part)
  if (equals) {
    const [, key = '', operator, value = ''] = equals
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  const exists = EXISTS.exec(part)
  if (exists) {
    const [, not, key = ''] = exists
    return (labels) => (labels[key] !== undefined) === (not !== '!')
  }
  const operator = /[=!]+(.*)$/.exec(part)
  const found = operator?.[1]?.trim().charAt(0) || part.charAt(part.search(/[^-\w./]/)) || '='
  throw badRequest(`unable to parse requirement: found '${found}', expected: identifier`)
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/)
}

/** `metadata.name=a,status.phase!=Running` as a test; a field that the resource does not index is refused. */
export function fieldMatcher(selector: string | null, { fields = [] }: Resource): Matcher {
  if (selector === null || selector.trim() === '') return everything
  const known = new Set(['metadata.name', 'metadata.namespace', ...fields])
  const tests = selector.split(',').map((part): Matcher => {
    const [, field = '', operator, value = ''] = /^([^=!]*)(==|!=|=)(.*)$/.exec(part.trim()) ?? []
    if (operator === undefined) {
      throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`)
    }
    if (!known.has(field)) throw badRequest(`field label not supported: ${field}`)
    const path = field.split('.')
    return (object) => (String(valueAt(object, path) ?? '') === value) === (operator !== '!=')
  })
  return (object) => tests.every((test) => test(object))
}

/** Whether a selector of a specification takes something with these labels; none takes nothing. */
export function selects(
  selector: Selector | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  if (selector === undefined) return false
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      return (value !== undefined && values.includes(value)) === (operator === 'In')
    })
  )
}
