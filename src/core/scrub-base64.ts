import { runs } from './scrub-runs.ts'

/** Candidates in a text: long enough to hold a short secret. */
export const BASE64 = runs(12, 8000)

const READABLE = /^[\x09\x0a\x0d\x20-\x7e]+$/
/** Four letters are three bytes: what is drawn by lot is told by these in all but one case of three hundred. */
const FIRST = 8

/** What a run says as base64 from this letter on, in either alphabet; empty where that is no readable text. */
export function decoded(run: string, offset: number): string {
  const isReadable = READABLE.test(latin(run.slice(offset, offset + FIRST)))
  if (!isReadable) return ''
  const text = latin(run.slice(offset))
  return READABLE.test(text) ? text : ''
}

function latin(letters: string): string {
  return Buffer.from(letters.replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('latin1')
}
