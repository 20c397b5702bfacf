import { distance } from 'fastest-levenshtein'

/** Longer words are not misspelt names, and comparing them costs time. */
const LONGEST = 64

/** The candidates that a misspelt word most likely meant, nearest first: at most three, and none when nothing is near. */
export function nearest(word: string, candidates: readonly string[], most = 3): readonly string[] {
  const meant = word.toLowerCase().slice(0, LONGEST)
  if (meant === '') return []
  const near = candidates
    .map((candidate) => ({ candidate, far: farness(meant, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far || a.candidate.localeCompare(b.candidate))
  const best = near[0]?.far ?? Number.POSITIVE_INFINITY
  return near
    .filter(({ far }) => Number.isFinite(far) && far <= best + 1)
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

/** Edits between the two; a beginning, a piece or one word of the candidate is a little farther; infinite: nothing in common. */
function farness(word: string, candidate: string): number {
  const edits = editsWithin(word, candidate)
  if (Number.isFinite(edits)) return edits
  if (word.length >= 2 && candidate.startsWith(word)) return 2
  if (word.length >= 3 && candidate.includes(word)) return 3
  const words = candidate.split(/[- ]/).map((piece) => editsWithin(word, piece))
  return Math.min(...words) + 2
}

/** One edit for every two letters, three at most: two letters that changed places are two edits. */
function editsWithin(word: string, candidate: string): number {
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 2)))
  const edits = distance(word, candidate)
  return edits <= allowed && edits < candidate.length ? edits : Number.POSITIVE_INFINITY
}

/** `a`, `a or b`, `a, b or c`. */
export function either(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
