import type { Signature } from './arguments.ts'
import { spanWord } from './names.ts'
import type { Field } from './schema.ts'

/** How a command is written: `roles grant <subject> <role> [--for <for>]`. */
export function usageOf({ name, fields, positional }: Signature): string {
  const placed = positional.flatMap((key) => fields.filter((field) => field.key === key))
  const flags = fields.filter(({ key }) => !positional.includes(key))
  return [name, ...placed.map(placedWord), ...flags.map(flagWords)].join(' ')
}

function placedWord({ key, takes, required }: Field): string {
  const word = takes === 'many' ? `${key}…` : key
  return required ? `<${word}>` : `[${word}]`
}

function flagWords({ flag, takes, required, valueWord }: Field): string {
  const words = takes === 'nothing' ? `--${flag}` : `--${flag} <${takes === 'many' ? 'value…' : valueWord}>`
  return required ? words : `[${words}]`
}

/** One line on an argument: what it is, what it may be, and what stands for it when it is not given. */
export function describeField({ description, choices, fallback, isSpan }: Field): string {
  const oneOf = choices.length > 0 && !choices.every((choice) => description.includes(choice))
  const words = [description.replace(/\.$/, '')]
  if (oneOf) words.push(`one of ${choices.join(', ')}`)
  const standing = isSpan && typeof fallback === 'number' ? spanWord(fallback) : fallbackWords(fallback)
  if (standing !== null) words.push(`${standing} when not given`)
  return words.filter(Boolean).join('; ')
}

function fallbackWords(fallback: unknown): string | null {
  if (typeof fallback === 'string' || typeof fallback === 'number') return String(fallback)
  return Array.isArray(fallback) && fallback.length > 0 ? fallback.join(', ') : null
}
