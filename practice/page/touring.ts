import type { Tour } from '../tour/tour.ts'
import type { Broken } from './breaking.ts'

/** `GET /tour`, `POST /tour/begin` (all steps again) and `POST /tour/skip`. Null when the path is none of them. */
export async function touring(tour: Tour | null, method: string, path: string): Promise<Broken | null> {
  const found = /^\/tour(?:\/(begin|skip))?$/.exec(path)
  if (found === null) return null
  const what = found[1]
  const expected = what === undefined ? 'GET' : 'POST'
  if (method !== expected) return { status: 405, body: { error: `Expected ${expected} ${path}.` } }
  if (tour === null) return { status: 200, body: { begun: false, done: 0, steps: [] } }
  if (what === 'begin') await tour.begin()
  if (what === 'skip') await tour.skip()
  return { status: 200, body: tour.state() }
}
