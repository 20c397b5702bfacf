import { stripVTControlCharacters } from 'node:util'

/**
 * Text that Slack will read as mrkdwn, made only by the functions of this file: everything that came from outside is
 * escaped in it. A plain string can never become markup by accident, because no builder takes a string as mrkdwn.
 */
const MARKUP = Symbol('markup')
export interface Markup {
  readonly [MARKUP]: string
  toString(): string
}

/** What may stand inside a template: a number and a string are escaped, markup is taken as it is. */
export type Part = string | number | bigint | Markup

const JOINER = '\u2060'
/** Controls, invisible format characters (bidi overrides, zero widths, tags) and Unicode's own line breaks. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const INVISIBLE_BUT_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function markup(mrkdwn: string): Markup {
  return Object.freeze({ [MARKUP]: mrkdwn, toString: () => mrkdwn })
}

export function isMarkup(value: unknown): value is Markup {
  return typeof value === 'object' && value !== null && MARKUP in value
}

/** One line of visible characters: terminal sequences, controls and invisible characters are gone, line breaks are spaces. */
export function clean(value: string): string {
  return stripVTControlCharacters(value.toWellFormed())
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(INVISIBLE, '')
}

/** The same for text of several lines: line breaks stay, tabs become two spaces. */
export function cleanLines(value: string): string {
  return stripVTControlCharacters(value.toWellFormed())
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(INVISIBLE_BUT_LINES, '')
    .replaceAll('\t', '  ')
}

/** Slack's three control characters. Source: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeControls(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Slack knows no backslash: a formatting character is kept from its work by an invisible joiner on both sides. Between
 * two letters or digits it does nothing anyway, so `snake_case` stays as it is and can be copied.
 */
function neutralise(value: string): string {
  return value
    .replaceAll('`', '\u02cb')
    .replace(
      /(?<![\p{L}\p{N}])[*_~]+|[*_~]+(?![\p{L}\p{N}])/gu,
      (run) => JOINER + [...run].join(JOINER) + JOINER,
    )
    .replace(/:(?=[\w+'-]*[A-Za-z][\w+'-]*:)/g, `:${JOINER}`)
    .replace(/^(?=[>•])/, JOINER)
}

/** Keeps `<!channel>`, `<@U1>` and `<http://x|y>` from being read as what they stand for, also by a client that unescapes before it parses. */
export function disarm(value: string): string {
  return value.replace(/<(?=[@#!]|[a-z]+:)/gi, `<${JOINER}`)
}

function escapePart(part: Part): string {
  if (isMarkup(part)) return part[MARKUP]
  return escapeControls(disarm(neutralise(clean(String(part)))))
}

/** Markup from a template: what is written in the source is formatting, what is put in is only ever text. */
export function text(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return markup(strings.map((string, index) => string + slot(parts, index)).join(''))
}

function slot(parts: readonly Part[], index: number): string {
  const part = parts[index]
  return part === undefined ? '' : escapePart(part)
}

/** Any text as markup that shows exactly this text. */
export function literal(part: Part): Markup {
  return markup(escapePart(part))
}

/** A code span. A backtick cannot be escaped inside one: its look-alike stands for it. */
export function code(value: string | number): Markup {
  const inside = clean(String(value)).replaceAll('`', '\u02cb').trim()
  return markup(inside === '' ? '' : `\`${escapeControls(inside)}\``)
}

export function bold(part: Part): Markup {
  const inside = escapePart(part).trim()
  return markup(inside === '' ? '' : `*${inside}*`)
}

/** Calls a person or a user group by their Slack id, and names a channel by its own; anything that is no such id is only text. */
export function mention(id: string): Markup {
  if (/^[UW][A-Z0-9]{2,30}$/.test(id)) return markup(`<@${id}>`)
  if (/^[CG][A-Z0-9]{2,30}$/.test(id)) return markup(`<#${id}>`)
  return /^S[A-Z0-9]{2,30}$/.test(id) ? markup(`<!subteam^${id}>`) : literal(id)
}

/** Several pieces with something between them; empty ones are left out. */
export function join(parts: readonly Part[], separator = '\n'): Markup {
  return markup(
    parts
      .map(escapePart)
      .filter((part) => part !== '')
      .join(escapeControls(separator)),
  )
}

/** At most `max` characters of markup, never cut inside an escape, a code span or bold text. */
export function fitMarkup(value: Markup, max: number): Markup {
  const whole = value[MARKUP]
  if (whole.length <= max) return value
  const room = max - 30
  const cut = whole
    .slice(0, room)
    .replace(/&[a-z]{0,3}$/, '')
    .replace(/[\ud800-\udbff]$/, '')
  return markup(`${closeSpans(cut.trimEnd())} … +${visible(whole.slice(cut.length))} more`)
}

/** Characters as people count them. */
function visible(mrkdwn: string): number {
  return [...mrkdwn.replace(/&(amp|lt|gt);/g, '&').replaceAll(JOINER, '')].length
}

/** Ends a code span or bold text that the cut went through. Marks between joiners or letters open nothing. */
function closeSpans(cut: string): string {
  const open = [/`/g, /(?<![\u2060\p{L}\p{N}])\*|\*(?![\u2060\p{L}\p{N}])/gu].map(
    (mark) => (cut.match(mark)?.length ?? 0) % 2 === 1,
  )
  return cut + (open[0] ? '`' : '') + (open[1] ? '*' : '')
}
