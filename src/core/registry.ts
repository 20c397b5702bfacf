import type { z } from 'zod'
import type { Platform } from '../platform.ts'
import {
  asksForHelp,
  badArgument,
  formatLine,
  parseArguments,
  type RawArguments,
  replaced,
  type Signature,
} from './arguments.ts'
import { authorise } from './authorise.ts'
import type { Command, CommandFacts } from './command.ts'
import { UserError } from './errors.ts'
import { issueSentence } from './issues.ts'
import type { RegistryReader, ResolvedLine } from './ports/registry.ts'
import { type Known, resolveName } from './resolve-names.ts'
import { type Field, fieldsOf } from './schema.ts'
import { either, nearest } from './suggest.ts'
import { normalise, quote, type Token, tokenise } from './tokens.ts'

export type Registry = RegistryReader

interface Entry {
  readonly command: Command
  readonly signature: Signature
}

/** `jobs` are the names of the scheduled jobs. */
export function createRegistry(
  commands: readonly Command[],
  platform: Platform,
  jobs: readonly string[] = [],
): Registry {
  const entries = new Map(
    commands.map((command) => [command.name, { command, signature: signatureOf(command) }]),
  )
  return {
    commands: () => commands,
    decide: (command, ask, snapshot) => authorise({ command, ask, snapshot, platform }),
    format: (name, raw) =>
      formatLine(entries.get(name)?.signature ?? { name, fields: [], positional: [] }, raw),
    resolve(given) {
      const line = normalise(given)
      const words = tokenise(line)
      const { entry, rest } = find(entries, line, words)
      return bind(entry, line, rest, { platform, jobs })
    },
  }
}

/** How a command takes its arguments, worked out once. */
export function signatureOf({ name, args, positional, examples }: CommandFacts): Signature {
  return { name, fields: fieldsOf(args), positional: positional ?? [], examples }
}

interface Found {
  readonly entry: Entry
  readonly rest: readonly Token[]
}

function find(entries: ReadonlyMap<string, Entry>, line: string, words: readonly Token[]): Found {
  const [first, second] = words.map(({ text }) => text.toLowerCase())
  if (first === undefined) return { entry: needed(entries, 'menu'), rest: [] }
  const two = second === undefined ? undefined : entries.get(`${first} ${second}`)
  const entry = two ?? entries.get(first)
  if (entry !== undefined) {
    const rest = words.slice(two === undefined ? 1 : 2)
    return rest.some(asksForHelp) ? helpOn(entries, entry.command.name, line) : { entry, rest }
  }
  const group = [...entries.keys()].filter((name) => name.startsWith(`${first} `))
  if (group.length > 0 && (second === undefined || words.slice(1).some(asksForHelp))) {
    return helpOn(entries, first, line)
  }
  throw unknownCommand([...entries.keys()], group, line, words)
}

function needed(entries: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = entries.get(name)
  if (entry === undefined) throw new UserError('UNKNOWN_COMMAND', `There is no command “${name}”.`)
  return entry
}

/** Help is a command like others: what was asked about is its argument. */
function helpOn(entries: ReadonlyMap<string, Entry>, name: string, line: string): Found {
  const place = { equals: -1, quoted: true, endsQuoted: true, start: line.length, end: line.length }
  return { entry: needed(entries, 'help'), rest: name.split(' ').map((text) => ({ ...place, text })) }
}

function unknownCommand(
  names: readonly string[],
  group: readonly string[],
  line: string,
  words: readonly Token[],
): UserError {
  const typed = words.slice(0, 2).map(({ text }) => text)
  const [first = ''] = typed
  const near = [...new Set([...nearest(typed.join(' '), names), ...nearest(first, names), ...group])].slice(
    0,
    3,
  )
  const hint = near.length > 0 ? ` Did you mean ${either(near.map((name) => `“${name}”`))}?` : ''
  const said = group.length > 0 ? typed.join(' ') : first
  const suggestions = near.map((name) => withCommand(line, words, name))
  return new UserError(
    'UNKNOWN_COMMAND',
    `There is no command “${said.slice(0, 60).toWellFormed()}”.${hint} “help” shows what you can do here.`,
    { suggestions },
  )
}

/** The line with the right command, and the rest as it was typed where it is not part of the misspelt name. */
function withCommand(line: string, words: readonly Token[], name: string): string {
  const [first, second] = words
  if (first === undefined) return name
  const last = name.includes(' ') && second !== undefined ? second : first
  return replaced(line, { start: first.start, end: last.end }, name).trim()
}

function bind(
  { command, signature }: Entry,
  line: string,
  rest: readonly Token[],
  known: Known,
): ResolvedLine {
  const given = command.verbatim ? verbatim(signature, line, rest) : parseArguments(signature, line, rest)
  const raw: RawArguments = {}
  for (const field of signature.fields) {
    const value = given[field.key]
    if (value !== undefined) raw[field.key] = wholeNames(signature, field, value, known, given)
  }
  const parsed = command.args.safeParse(raw)
  if (!parsed.success) throw invalid(signature, raw, parsed.error)
  const { data: args } = parsed
  const deed = command.deedFor?.(args) ?? command.deed
  const asked = {
    ...{ ...command, role: command.roleFor?.(args) ?? command.role },
    ...(deed === undefined ? {} : { deed }),
  }
  return { command: asked, args, raw, line: formatLine(signature, raw), target: targetOf(signature, raw) }
}

/** Everything after the name, as it was typed. All of it in quotes is the same without them. */
function verbatim({ positional: [key] }: Signature, line: string, rest: readonly Token[]): RawArguments {
  const [first, second] = rest
  if (key === undefined || first === undefined) return {}
  return { [key]: first.quoted && second === undefined ? first.text : line.slice(first.start) }
}

type Raw = RawArguments[string]

/** Abbreviated names become whole ones, and words of a fixed list lose the capitals that phones give them. */
function wholeNames(signature: Signature, field: Field, value: Raw, known: Known, given: RawArguments): Raw {
  if (typeof value === 'boolean') return value
  const whole = (one: string): string => {
    if (field.choices.length > 0)
      return field.choices.find((choice) => choice.toLowerCase() === one.toLowerCase()) ?? one
    if (field.names === null) return one
    const resolved = resolveName(field.names, one, known)
    if ('found' in resolved) return resolved.found
    throw badArgument(
      signature,
      resolved.problem,
      resolved.candidates.map((name) =>
        formatLine(signature, { ...given, [field.key]: swap(value, one, name) }),
      ),
    )
  }
  return Array.isArray(value) ? value.map(whole) : whole(value)
}

function swap(value: string | string[], from: string, to: string): Raw {
  return Array.isArray(value) ? value.map((one) => (one === from ? to : one)) : to
}

function invalid(signature: Signature, raw: RawArguments, error: z.core.$ZodError): UserError {
  const [issue] = error.issues
  if (issue === undefined) return badArgument(signature, 'an argument is not right')
  const field = signature.fields.find(({ key }) => key === issue.path[0])
  const { sentence, candidates } = issueSentence(issue, field, raw)
  const key = field?.key
  return badArgument(
    signature,
    sentence,
    key === undefined
      ? []
      : candidates.map(({ from, to }) =>
          formatLine(signature, { ...raw, [key]: swap(raw[key] as string | string[], from, to) }),
        ),
  )
}

function targetOf({ fields }: Signature, raw: RawArguments): string | null {
  const named = fields.find(({ names, key }) => names !== null && raw[key] !== undefined)
  const value = named === undefined ? undefined : raw[named.key]
  return value === undefined ? null : String(value)
}

export type { ResolvedLine }
/** One word of a line from any text, for command lines that are put together. */
export { quote }
