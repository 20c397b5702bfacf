import { runs } from './scrub-runs.ts'

/**
 * Words that look drawn by lot: what no rule knows can still be a key. Identifiers, names, ids that everybody may see
 * (UUIDs, trace ids, git commits, image digests, ULIDs) and paths are not of this kind.
 */

const LEAST_MIXED = 20
const LEAST_PLAIN = 26
/** How often the class of characters changes: about 0.6 in random text, below 0.3 in most names put together of words. */
const CHANGES_MIXED = 0.34
const CHANGES_PLAIN = 0.3
const LEAST_BITS = 3.5

/** Candidates in a text: runs of the characters that keys are written in. */
export const RUN = runs(20, 4000)

/** The parts of a run that look random, as offsets into it. */
export function randomParts(run: string): readonly (readonly [number, number])[] {
  if (isRandom(run)) return [[0, run.length]]
  if (!run.includes('/')) return []
  const parts: [number, number][] = []
  for (const match of run.matchAll(/[^/]{20,}/g)) {
    if (isRandom(match[0])) parts.push([match.index, match.index + match[0].length])
  }
  return parts
}

function isRandom(word: string): boolean {
  const bare = word.replace(/[=]+$/, '')
  if (isKnownId(bare) || isPath(bare)) return false
  const letters = bare.replace(/[+/_-]/g, '')
  const classes = Number(/[a-z]/.test(letters)) + Number(/[A-Z]/.test(letters)) + Number(/\d/.test(letters))
  if (!/\d/.test(letters) || classes < 2) return false
  const mixed = classes === 3
  if (letters.length < (mixed ? LEAST_MIXED - 2 : LEAST_PLAIN)) return false
  if (!mixed && longestPiece(bare) < LEAST_PLAIN) return false
  return (
    changes(letters) >= (mixed ? CHANGES_MIXED : CHANGES_PLAIN) && bitsPerCharacter(letters) >= LEAST_BITS
  )
}

/** Whether this piece of a line is a word or a public id by itself, so that it is no half of a key that was cut in two. */
export function standsAlone(piece: string): boolean {
  return /^[A-Za-z]?[a-z]{3,20}$/.test(piece) || (piece.length >= 8 && isKnownId(piece))
}

function isKnownId(word: string): boolean {
  return (
    /^[0-9a-f-]+$/i.test(word) || // UUIDs, trace ids, commits, digests, decimal numbers
    /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(word) || // ULID
    /^sha(?:256|384|512)[-:]/.test(word) || // an image's or a script's digest
    /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(word) || // traceparent
    /^\d{4}-\d\d-\d\dT/.test(word)
  )
}

/** A path has segments that are words; a key that happens to hold a slash has none. */
function isPath(word: string): boolean {
  const segments = word.split('/')
  if (segments.length === 1) return false
  return segments.some(
    (segment) => segment === '' || /^(?:[a-z][a-z_-]{2,}|v\d+|[A-Z][a-z]{3,}|\d{1,6})$/.test(segment),
  )
}

function longestPiece(word: string): number {
  return Math.max(...word.split(/[_-]/).map((piece) => piece.length))
}

function changes(letters: string): number {
  let changed = 0
  for (let index = 1; index < letters.length; index += 1) {
    if (classOf(letters.charCodeAt(index)) !== classOf(letters.charCodeAt(index - 1))) changed += 1
  }
  return changed / letters.length
}

function classOf(code: number): 'digit' | 'upper' | 'lower' {
  if (code < 58) return 'digit'
  return code < 91 ? 'upper' : 'lower'
}

/** Shannon's measure over the characters of the word itself. */
function bitsPerCharacter(letters: string): number {
  const counts = new Map<string, number>()
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let bits = 0
  for (const amount of counts.values()) bits -= (amount / letters.length) * Math.log2(amount / letters.length)
  return bits
}
