import type { z } from 'zod'
import { type RawArguments, shown } from './arguments.ts'
import type { Field } from './schema.ts'
import { either, nearest } from './suggest.ts'

export interface IssueSentence {
  /** Without a full stop: which argument, what was expected, what was found. */
  readonly sentence: string
  /** Values that were probably meant. */
  readonly candidates: readonly { readonly from: string; readonly to: string }[]
}

/** What a schema found wrong with an argument, in the user's words. */
export function issueSentence(
  issue: z.core.$ZodIssue,
  field: Field | undefined,
  raw: RawArguments,
): IssueSentence {
  if (field === undefined) return { sentence: issue.message, candidates: [] }
  const value = raw[field.key]
  if (value === undefined) return { sentence: missing(field), candidates: [] }
  const found = String(Array.isArray(value) ? (value[Number(issue.path[1] ?? 0)] ?? value.join(' ')) : value)
  const near = field.choices.length > 0 ? nearest(found, field.choices) : []
  return {
    sentence: `${field.key} ${expected(issue, field)}, got “${shown(found)}”`,
    candidates: near.map((to) => ({ from: found, to })),
  }
}

function missing({ key, description, choices }: Field): string {
  const oneOf = choices.length > 0 && !description.includes(':') ? ` (${either(choices)})` : ''
  return `${key} is missing: ${description.replace(/\.$/, '')}${oneOf}`
}

function expected(issue: z.core.$ZodIssue, { choices }: Field): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${either(choices.length > 0 ? choices : issue.values.map(String))}`
    case 'too_big':
      return own(issue.message) ?? `must be at most ${issue.maximum}${unit(issue.origin)}`
    case 'too_small':
      return own(issue.message) ?? `must be at least ${issue.minimum}${unit(issue.origin)}`
    case 'invalid_type':
      return own(issue.message) ?? `must be ${article(issue.expected)}`
    default:
      return own(issue.message) ?? 'is not written as it should be'
  }
}

/** A schema's own words begin with a small letter; zod's begin with a capital. */
function own(message: string): string | null {
  return /^[a-z]/.test(message) ? message : null
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' of them' : ''
}

function article(type: string): string {
  if (type === 'int') return 'a whole number'
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}
