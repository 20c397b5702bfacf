import type { WriteRequest } from '../core/ports/objects.ts'
import { ownerOf, stepOf } from './current.ts'
import type { Hold } from './hold.ts'
import { type Before, factsBefore } from './scene.ts'
import { type Live, requestOf } from './steps/index.ts'

/** A write that was committed as an intent, and is to be sent next. */
export interface Intended {
  readonly request: WriteRequest
  /** What it was made from. */
  readonly live: Live
}

/** A step's write to what was seen, and what is kept with its intent. */
export function intentOf(hold: Hold, n: number, live: Live): { intended: Intended; before: Before } {
  const { step, before } = stepOf(hold, n)
  const request = requestOf(step, live, ownerOf(hold, n))
  return { intended: { request, live }, before: { ...before, ...factsBefore(live), ...hold.remembered } }
}
