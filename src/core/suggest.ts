import { distance } from 'fastest-levenshtein'

/** Longer words are not misspelt names, and comparing them costs time. */
const LONGEST = 64

/** The candidates that a misspelt word most likely meant, nearest first: at most three, and none when nothing is near. */
export function nearest(word: string, candidates: readonly string[], most = 3): readonly string[] {
  const meant = word.toLowerCase().slice(0, LONGEST)
  if (meant === '') return []
  const near = candidates.map((candidate) => ({ candidate, far: farness(meant, candidate.toLowerCase()) }))
  return near
    .filter(({ far }) => Number.isFinite(far))
    .toSorted((a, b) => a.far - b.far || a.candidate.localeCompare(b.candidate))
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

/** Edits between the two; a beginning or a piece of the candidate counts as near; infinite when they have nothing in common. */
function farness(word: string, candidate: string): number {
  const edits = distance(word, candidate)
  if (edits <= Math.max(1, Math.floor(Math.max(word.length, 3) / 3))) return edits
  if (word.length >= 2 && candidate.startsWith(word)) return 2
  if (word.length >= 3 && candidate.includes(word)) return 3
  const beginning = distance(word, candidate.slice(0, word.length))
  return word.length >= 4 && beginning <= 1 ? 3 + beginning : Number.POSITIVE_INFINITY
}

/** `a`, `a or b`, `a, b or c`. */
export function either(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
