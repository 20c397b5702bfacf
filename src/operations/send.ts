import { deadline } from '../core/deadline.ts'
import { WriteFailure, type WriteRequest } from '../core/ports/objects.ts'
import type { EngineContext } from './context.ts'
import type { Hold } from './hold.ts'

/** What came of sending one write. */
export type Sent =
  | { readonly state: 'written'; readonly auditId: string | null }
  /** Proved: nothing was written, and `again` says whether the same may go better in a while. */
  | { readonly state: 'not-written'; readonly failure: WriteFailure; readonly again: boolean }
  /** Perhaps written. */
  | { readonly state: 'unknown'; readonly failure: WriteFailure }

/**
 * Sends one write, once. It ends well before the lease does: a process that was frozen in between finds its time over
 * and sends nothing. Whatever is thrown that is no `WriteFailure` leaves the outcome unknown.
 */
export async function send(
  { writer, timing }: EngineContext,
  hold: Hold,
  request: WriteRequest,
): Promise<Sent> {
  const ms = Math.min(timing.writeMs, hold.leftMs)
  if (ms <= 0) return notSent('There was no time left to send it safely.')
  const limit = deadline(new AbortController().signal, ms)
  try {
    const { auditId } = await writer.write(request, limit.signal)
    return { state: 'written', auditId }
  } catch (thrown) {
    const failure =
      thrown instanceof WriteFailure
        ? thrown
        : new WriteFailure({ kind: 'unknown', message: 'The outcome was not seen.', cause: thrown })
    return judged(failure)
  } finally {
    limit.end()
  }
}

function notSent(message: string): Sent {
  return judged(new WriteFailure({ kind: 'unsent', message }))
}

function judged(failure: WriteFailure): Sent {
  switch (failure.kind) {
    case 'unknown':
      return { state: 'unknown', failure }
    case 'conflict':
    case 'unsent':
      return { state: 'not-written', failure, again: true }
    case 'refused':
      return { state: 'not-written', failure, again: failure.status === 429 }
    case 'absent':
      return { state: 'not-written', failure, again: true }
  }
}
