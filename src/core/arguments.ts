import { UserError } from './errors.ts'
import type { Field } from './schema.ts'
import { either, nearest } from './suggest.ts'
import { quote, type Token } from './tokens.ts'

/** What a line gives for each key of a command, before its schema has seen it. */
export type RawArguments = Record<string, string | boolean | string[]>

/** How a command takes its arguments. */
export interface Signature {
  readonly name: string
  readonly fields: readonly Field[]
  readonly positional: readonly string[]
  /** Lines that are right, for messages. */
  readonly examples: readonly string[]
}

/** One value has at most this many characters. */
const MAX_VALUE = 1000
const MAX_LIST = 50

interface Reading {
  readonly signature: Signature
  readonly line: string
  readonly raw: RawArguments
  /** The place of the next argument without a name. */
  place: number
}

/**
 * Reads the words after a command's name: `--flag value`, `--flag=value`, `--no-flag`, `key=value`, and arguments by their place.
 * After `--` nothing is a flag. Throws `UserError` for whatever it cannot place, with the line that was probably meant.
 */
export function parseArguments(signature: Signature, line: string, tokens: readonly Token[]): RawArguments {
  const reading: Reading = { signature, line, raw: {}, place: 0 }
  let flagsEnded = false
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined) break
    if (!flagsEnded && isEnd(token)) flagsEnded = true
    else if (!flagsEnded && isFlag(token)) at += readFlag(reading, token, tokens[at + 1])
    else readValue(reading, token, flagsEnded)
  }
  return reading.raw
}

/** The line that gives these arguments: by place as far as possible, the rest as flags in the schema's order. */
export function formatLine(signature: Omit<Signature, 'examples'>, raw: RawArguments): string {
  const { fields, positional, name } = signature
  const gap = positional.findIndex((key) => raw[key] === undefined)
  const placed = gap === -1 ? positional : positional.slice(0, gap)
  const words = placed.flatMap((key) => valuesOf(raw[key]).map(quote))
  const flags = fields
    .filter(({ key }) => !placed.includes(key) && raw[key] !== undefined)
    .flatMap((field) => formatFlag(field, raw[field.key]))
  return [name, ...words, ...flags].join(' ')
}

function formatFlag({ flag, takes }: Field, value: RawArguments[string] | undefined): readonly string[] {
  if (takes === 'nothing') return [value === false ? `--no-${flag}` : `--${flag}`]
  return valuesOf(value).map((one) => `--${flag} ${quote(one)}`)
}

function valuesOf(value: RawArguments[string] | undefined): readonly string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [String(value)]
}

/** Phones turn two hyphens into one dash of another kind. */
const DASHES = /^(?:[-‐‑‒–—―−]{2}|[–—―])/

function isFlag({ text, quoted }: Token): boolean {
  return !quoted && /^[A-Za-z]/.test(text.replace(DASHES, '')) && DASHES.test(text)
}

function isEnd({ text, quoted }: Token): boolean {
  return !quoted && DASHES.test(text) && text.replace(DASHES, '') === ''
}

/** Whether somebody asks what a command does: `health --help`. */
export function asksForHelp(token: Token): boolean {
  return isFlag(token) && /^help$/i.test(token.text.replace(DASHES, ''))
}

/** Reads a flag; says how many of the following words belong to it. */
function readFlag(reading: Reading, token: Token, next: Token | undefined): 0 | 1 {
  const [, dashes = ''] = /^([-‐‑‒–—―−]+)/.exec(token.text) ?? []
  const named = token.equals === -1 ? token.text : token.text.slice(0, token.equals)
  const name = named.slice(dashes.length)
  const given = token.equals === -1 ? null : token.text.slice(token.equals + 1)
  const field = fieldNamed(reading, name)
  if (field === undefined) return readNegation(reading, token, name, given)
  if (field.takes === 'nothing') {
    put(reading, field, given === null ? true : booleanOf(reading, field, given))
    return 0
  }
  if (given !== null) {
    put(reading, field, given, token.endsQuoted)
    return 0
  }
  if (next === undefined || isFlag(next) || isEnd(next)) {
    throw problem(reading, `--${field.flag} needs a value: ${field.description}`)
  }
  put(reading, field, next.text, next.quoted)
  return 1
}

function readNegation(reading: Reading, token: Token, name: string, given: string | null): 0 {
  const negated = /^no-(.+)$/i.exec(name)?.[1]
  const field = negated === undefined ? undefined : fieldNamed(reading, negated)
  if (field?.takes !== 'nothing' || given !== null) throw unknownFlag(reading, token, name)
  put(reading, field, false)
  return 0
}

function readValue(reading: Reading, token: Token, flagsEnded: boolean): void {
  const { signature } = reading
  if (!token.quoted && !flagsEnded && token.equals > 0) {
    const field = fieldNamed(reading, token.text.slice(0, token.equals))
    if (field !== undefined) {
      const value = token.text.slice(token.equals + 1)
      put(
        reading,
        field,
        field.takes === 'nothing' ? booleanOf(reading, field, value) : value,
        token.endsQuoted,
      )
      return
    }
  }
  while (isTaken(reading, signature.positional[reading.place])) reading.place += 1
  const key = signature.positional[reading.place]
  const field = signature.fields.find((one) => one.key === key)
  if (field === undefined) throw problem(reading, `“${shown(token.text)}” is one word too many`)
  put(reading, field, token.text, token.quoted)
}

/** A place that was given by name already is passed over; a list takes all the rest. */
function isTaken({ raw, signature }: Reading, key: string | undefined): boolean {
  if (key === undefined || raw[key] === undefined) return false
  return signature.fields.find((field) => field.key === key)?.takes !== 'many'
}

function fieldNamed({ signature }: Reading, name: string): Field | undefined {
  const meant = name.toLowerCase()
  return signature.fields.find(({ key, flag }) => flag === meant || key.toLowerCase() === meant)
}

/** A list grows by one, or by several with commas between them; everything else may be said once. */
function put(reading: Reading, field: Field, value: string | boolean, whole = false): void {
  const { raw } = reading
  if (typeof value === 'string' && value.length > MAX_VALUE) {
    throw problem(reading, `${field.key} has ${value.length} characters, at most ${MAX_VALUE} are read`)
  }
  if (field.takes === 'many') {
    const before = raw[field.key]
    const more = whole ? [String(value)] : String(value).split(',').filter(Boolean)
    const list = [...(Array.isArray(before) ? before : []), ...more]
    if (list.length > MAX_LIST) throw problem(reading, `${field.key} takes at most ${MAX_LIST} values`)
    raw[field.key] = list
    return
  }
  if (Object.hasOwn(raw, field.key)) throw problem(reading, `${field.key} is given twice`)
  raw[field.key] = value
}

function booleanOf(reading: Reading, field: Field, given: string): boolean {
  if (/^(true|yes|on|1)$/i.test(given)) return true
  if (/^(false|no|off|0)$/i.test(given)) return false
  throw problem(reading, `--${field.flag} is yes or no, got “${shown(given)}”`)
}

function unknownFlag(reading: Reading, token: Token, name: string): UserError {
  const { fields } = reading.signature
  const near = nearest(
    name,
    fields.map(({ flag }) => flag),
  )
  const known = fields.map(({ flag }) => `--${flag}`)
  const hint =
    near.length > 0
      ? `Did you mean ${either(near.map((flag) => `--${flag}`))}?`
      : known.length > 0
        ? `It knows ${known.join(', ')}.`
        : 'It takes no flags.'
  const rest = token.equals === -1 ? '' : token.text.slice(token.equals)
  return new UserError('BAD_ARGUMENT', `“${reading.signature.name}” has no flag --${shown(name)}. ${hint}`, {
    suggestions: near.map((flag) => replaced(reading.line, token, `--${flag}${rest}`)),
  })
}

/** The line with another word in the place of one of its own. */
export function replaced(line: string, token: { start: number; end: number }, word: string): string {
  return line.slice(0, token.start) + word + line.slice(token.end)
}

function problem({ signature }: Reading, what: string): UserError {
  return badArgument(signature, what)
}

/** A sentence on what is wrong, and a line that is right. */
export function badArgument(
  { name, examples }: Pick<Signature, 'name' | 'examples'>,
  what: string,
  suggestions: readonly string[] = [],
): UserError {
  const [fullest] = examples.toSorted((a, b) => b.length - a.length)
  const example = fullest === undefined ? '' : ` For instance: ${fullest}`
  return new UserError('BAD_ARGUMENT', `In “${name}”, ${what}.${example}`, {
    suggestions: suggestions.length > 0 ? suggestions : [`help ${name}`],
  })
}

/** What somebody typed, short enough for a sentence. */
export function shown(value: string): string {
  const points = [...value]
  return points.length <= 40 ? value : `${points.slice(0, 40).join('')}…`
}
