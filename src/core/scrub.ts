import { stripVTControlCharacters } from 'node:util'
import { BASE64, decoded } from './scrub-base64.ts'
import { RUN, randomParts, standsAlone } from './scrub-entropy.ts'
import { formsOf } from './scrub-known.ts'
import {
  asItStands,
  placed,
  type Range,
  type Reading,
  withoutBreaks,
  withoutRecordBreaks,
} from './scrub-reading.ts'
import { RULES } from './scrub-rules.ts'
import { runsOf } from './scrub-runs.ts'

/**
 * Takes secrets out of text from outside (log lines) before anybody sees it. Looked for in three readings of the text, as
 * it stands, with its line breaks taken out, and with only those taken out that do not begin a new record, so that neither
 * terminal colours nor wrapped lines hide one; and inside base64.
 */
export interface Scrubbed {
  readonly text: string
  /** How many places were masked: shown, so that nobody wonders. */
  readonly masked: number
}

export interface Scrubber {
  scrub(text: string): Scrubbed
  /** The same for lines that follow each other; there are as many afterwards. */
  scrubLines(lines: readonly string[]): { readonly lines: readonly string[]; readonly masked: number }
}

export const MASK = '[masked]'
/** A secret in quotes that goes over a line break is at most so long; otherwise the quotes belong to different things. */
const LONGEST_SPLIT = 120

/** What an earlier scrubbing left. */
const DONE = /^(?:\[?masked\]?\s*)+$/

/** `known`: secrets by value, for instance Bakery's own; they are masked in whatever form they appear. */
export function createScrubber({ known = [] }: { readonly known?: readonly string[] } = {}): Scrubber {
  const forms = formsOf(known)
  const scrub = (raw: string): Scrubbed => {
    const text = visible(raw)
    const fresh = findAll(text, forms).filter(([start, end]) => !DONE.test(text.slice(start, end)))
    return mask(text, merge(fresh))
  }
  return {
    scrub,
    scrubLines(lines) {
      const single = lines.map((line) => line.replace(/[\r\n\u2028\u2029]+/g, ' '))
      const { text, masked } = scrub(single.join('\n'))
      return { lines: text.split('\n'), masked }
    },
  }
}

/** As JSON writes terminal sequences and letters that it need not escape: quotes, backslashes and line breaks stay escaped. */
const ESCAPED_COLOUR = /\\(?:u001b|x1b|e|033)\[[0-9;?]{0,20}[A-Za-z]/gi
const ESCAPED_ASCII = /\\u00(2[013-9a-f]|[346][0-9a-f]|5[0-9abd-f]|7[0-9a-e])/gi

/** Without terminal sequences, controls and invisible characters: they can split a word that a reader sees whole. */
function visible(raw: string): string {
  const unescaped = raw
    .toWellFormed()
    .replace(ESCAPED_COLOUR, '')
    .replace(ESCAPED_ASCII, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return stripVTControlCharacters(unescaped)
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, '')
}

function findAll(text: string, forms: readonly string[]): Range[] {
  const plain = asItStands(text)
  const glued = withoutBreaks(text)
  const continued = withoutRecordBreaks(text)
  const found = [...matches(plain, 'all'), ...matches(continued, 'wrapped')]
  // What is whole without the next record is not stretched into it.
  const starts = new Set(found.map(([start]) => start))
  const split = matches(glued, 'split').filter(([start]) => !starts.has(start))
  return [
    ...found,
    ...split,
    ...random(plain),
    ...random(continued).filter((range) => !ofWholeWords(text, range)),
    ...encoded(plain, forms),
    ...encoded(continued, forms),
    ...occurrences(plain, forms),
    ...occurrences(glued, forms),
  ]
}

/**
 * `wrapped`: without the rules that see line breaks themselves. `split`: over any break only what knows its own end, and
 * quotes only so far apart that they belong together.
 */
function matches(reading: Reading, how: 'all' | 'wrapped' | 'split'): Range[] {
  return RULES.filter(
    ({ ends, literal = '' }) =>
      reading.text.includes(literal) &&
      (how === 'all' || (ends !== 'block' && (how === 'wrapped' || ends !== 'open'))),
  )
    .flatMap(({ pattern, ends }) =>
      [...reading.text.matchAll(pattern)]
        .map(inner)
        .filter(([start, end]) => how !== 'split' || ends !== 'mark' || end - start <= LONGEST_SPLIT),
    )
    .map(([start, end]) => placed(reading, start, end))
}

/** Where the group `secret` stands; the match itself where there is none. Trailing punctuation belongs to the sentence. */
function inner(match: RegExpExecArray): Range {
  const secret = match.groups?.secret
  if (secret === undefined) return [match.index, match.index + match[0].length]
  const start = match.index + match[0].lastIndexOf(secret)
  return [start, start + (secret.replace(/[,;)}\]]+$/, '').length || secret.length)]
}

function random(reading: Reading): Range[] {
  return runsOf(reading.text, RUN).flatMap(([run, index]) =>
    randomParts(run).map(([start, end]) => placed(reading, index + start, index + end)),
  )
}

/** A run that goes over a line break is two words when one of its pieces is a word. */
function ofWholeWords(text: string, [start, end]: Range): boolean {
  const pieces = text.slice(start, end).split(/\s+/)
  return pieces.length > 1 && pieces.some(standsAlone)
}

/** Base64 is masked when a secret is inside. A run may begin with letters that are not part of it, so it is read from four places. */
function encoded(reading: Reading, forms: readonly string[]): Range[] {
  return runsOf(reading.text, BASE64).flatMap(([run, index]) => {
    const hides = [0, 1, 2, 3].some((offset) => holdsSecret(decoded(run, offset), forms))
    return hides ? [placed(reading, index, index + run.length)] : []
  })
}

function holdsSecret(text: string, forms: readonly string[]): boolean {
  if (text.length < 6) return false
  return forms.some((form) => text.includes(form)) || RULES.some(({ pattern }) => text.search(pattern) !== -1)
}

function occurrences(reading: Reading, forms: readonly string[]): Range[] {
  return forms.flatMap((form) => {
    const found: Range[] = []
    for (let at = reading.text.indexOf(form); at !== -1; at = reading.text.indexOf(form, at + form.length)) {
      found.push(placed(reading, at, at + form.length))
    }
    return found
  })
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** Line breaks stay where they are: a secret over three lines is three masks and counts once. */
function mask(text: string, ranges: readonly Range[]): Scrubbed {
  let out = ''
  let from = 0
  for (const [start, end] of ranges) {
    out += text.slice(from, start) + text.slice(start, end).replace(/[^\n]+/g, MASK)
    from = end
  }
  return { text: out + text.slice(from), masked: ranges.length }
}
