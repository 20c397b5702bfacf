import { UserError } from './errors.ts'

/** One piece of a command line. */
export interface Token {
  readonly text: string
  /** Where the first `=` outside quotes stands in `text`; -1: nowhere. */
  readonly equals: number
  /** It begins inside quotes, so it is a value whatever it looks like. */
  readonly quoted: boolean
  /** Its value, after the `=`, or the whole of it stands in quotes. */
  readonly endsQuoted: boolean
  /** Its place in the line, for suggestions that replace it. */
  readonly start: number
  readonly end: number
}

const MAX_LINE = 3000
const MAX_TOKENS = 100

const DOUBLE = '"“”„‟«»'
const SINGLE = "'‘’‚‛‹›"

/**
 * A line as Slack sends it (`should_escape: true`), as a plain command line: `<@U1|ana>`, `<#C1|ops>` and
 * `<!subteam^S1|@oncall>` are their ids, `<https://x|y>` is its address, and `&lt;` is `<` again.
 * Source: https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function fromSlack(line: string): string {
  return line
    .replace(/<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>/g, '$1')
    .replace(/<[@#]([A-Z][A-Z0-9]+)(?:\|[^<>]*)?>/g, '$1')
    .replace(/<((?:https?|mailto|tel):[^<>|\s]+)(?:\|[^<>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** What cannot be typed on purpose is gone: invisible characters; every kind of space and line break is a space. */
export function normalise(line: string): string {
  return line
    .toWellFormed()
    .replace(/[\p{Z}\t\r\n\v\f]/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
}

/** Splits a normalised line at its spaces. A quote counts only where a word or a value begins, so `don't` needs none. */
export function tokenise(line: string): readonly Token[] {
  if (line.length > MAX_LINE) {
    throw new UserError(
      'BAD_ARGUMENT',
      `This line has ${line.length} characters. At most ${MAX_LINE} are read.`,
    )
  }
  const tokens: Token[] = []
  let at = 0
  while (at < line.length) {
    if (line[at] === ' ') {
      at += 1
      continue
    }
    const token = readToken(line, at)
    tokens.push(token)
    at = token.end
  }
  if (tokens.length > MAX_TOKENS) {
    throw new UserError(
      'BAD_ARGUMENT',
      `This line has ${tokens.length} words. At most ${MAX_TOKENS} are read.`,
    )
  }
  return tokens
}

function readToken(line: string, start: number): Token {
  let text = ''
  let equals = -1
  let mayQuote = true
  let at = start
  while (at < line.length && line[at] !== ' ') {
    const inside = mayQuote ? readQuoted(line, at) : null
    if (inside !== null) {
      const quoted = at === start
      return { text: text + inside.text, equals, quoted, endsQuoted: true, start, end: inside.end }
    }
    if (line[at] === '\\' && isEscapable(line[at + 1])) at += 1
    else if (line[at] === '=' && equals === -1) equals = text.length
    text += line[at] ?? ''
    mayQuote = equals === text.length - 1
    at += 1
  }
  return { text, equals, quoted: false, endsQuoted: false, start, end: at }
}

function isEscapable(character: string | undefined): boolean {
  return character === ' ' || character === '\\' || isQuote(character)
}

function isQuote(character: string | undefined): boolean {
  return character !== undefined && (DOUBLE + SINGLE).includes(character)
}

interface Quoted {
  readonly text: string
  readonly end: number
}

/** The text in quotes that begin here; null where no quote begins. Phones turn straight quotes into others, also only one of a pair. */
function readQuoted(line: string, at: number): Quoted | null {
  const opening = line[at]
  if (opening === undefined || !isQuote(opening)) return null
  const family = DOUBLE.includes(opening) ? DOUBLE : SINGLE
  const straight = opening === '"' || opening === "'"
  const found = (straight ? readUntil(line, at + 1, opening) : null) ?? readUntil(line, at + 1, family)
  if (found !== null) return found
  // An apostrophe that opens nothing is a letter like others: ’til
  if (family === SINGLE) return null
  throw new UserError(
    'BAD_ARGUMENT',
    `The quote before “${line.slice(at + 1, at + 21)}” is not closed. Put one at the end of the text.`,
  )
}

/** Up to a closing quote that stands at the end of a word. Inside double quotes `\"` is a quote and `\\` a backslash. */
function readUntil(line: string, from: number, closing: string): Quoted | null {
  let text = ''
  for (let at = from; at < line.length; at += 1) {
    const character = line[at] ?? ''
    const next = line[at + 1]
    if (character === '\\' && closing.includes('"') && (next === '"' || next === '\\')) {
      text += next
      at += 1
    } else if (closing.includes(character) && (next === undefined || next === ' ')) {
      return { text, end: at + 1 }
    } else {
      text += character
    }
  }
  return null
}

/** A value as one word of a line: quoted where it would be read as anything else. */
export function quote(value: string): string {
  const clean = normalise(value)
  if (/^[\p{L}\p{N}@#./_][\p{L}\p{N}@#./_:+%-]*$/u.test(clean)) return clean
  return `"${clean.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
