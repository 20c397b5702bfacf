import type { OutboxItem } from '../core/ports/outbox.ts'
import { meaningOf } from './error-codes.ts'
import type { Failure } from './outcome.ts'

/** How one attempt to deliver a message ended. `afterMs` null: after the usual, growing wait. */
export type Delivered =
  | { readonly result: 'sent'; readonly channel: string; readonly ts: string | null }
  /** Slack wants nothing in this channel (null: nothing of this method) for a while. */
  | { readonly result: 'limited'; readonly channel: string | null; readonly afterMs: number }
  | { readonly result: 'again'; readonly reason: string; readonly blame: Blame }
  | {
      readonly result: 'unknown'
      readonly reason: string
      readonly afterMs: number | null
      readonly blame: Blame
    }
  | { readonly result: 'redirect'; readonly user: string; readonly reason: string }
  | { readonly result: 'failed'; readonly reason: string }

/**
 * Whose fault it looks like. `slack`: it cannot be reached, or refuses Bakery altogether, so that every other message would
 * meet the same. `perhaps`: it failed on this one, which may be the message's fault. `nobody`: nothing to conclude.
 */
export type Blame = 'slack' | 'perhaps' | 'nobody'

/** What follows from a failure to send. `channel` is set where a limit would be the channel's. */
export function afterFailure(failure: Failure, item: OutboxItem, channel: string | null): Delivered {
  switch (failure.failure) {
    case 'limited':
      return { result: 'limited', channel, afterMs: failure.afterMs }
    case 'unsent':
      return { result: 'again', reason: failure.reason, blame: 'slack' }
    case 'unknown':
      return { result: 'unknown', reason: failure.reason, afterMs: null, blame: 'perhaps' }
    case 'refused':
      return afterRefusal(failure.code, item)
  }
}

/** How often a message is tried that Slack refuses with a code nobody has listed: about half an hour. */
const UNLISTED_ATTEMPTS = 30

function afterRefusal(code: string, { destination, attempts }: OutboxItem): Delivered {
  const instead = whoInstead(destination)
  switch (meaningOf(code)) {
    case 'place':
      return instead === undefined
        ? { result: 'failed', reason: code }
        : { result: 'redirect', user: instead, reason: code }
    case 'content':
    case 'person':
      return { result: 'failed', reason: code }
    case 'later':
      return { result: 'again', reason: code, blame: 'slack' }
    case 'unlisted':
      if (attempts >= UNLISTED_ATTEMPTS) return { result: 'failed', reason: code }
      return { result: 'again', reason: code, blame: 'perhaps' }
  }
}

/** The same as something that may simply be done again: an update, a look-up, opening a conversation. */
export function repeatable(delivered: Delivered): Delivered {
  if (delivered.result !== 'unknown') return delivered
  return { result: 'again', reason: delivered.reason, blame: delivered.blame }
}

/** The same, keeping that an earlier attempt's outcome is not known: nothing is sent before it was looked for. */
export function stillUnknown(delivered: Delivered): Delivered {
  switch (delivered.result) {
    case 'limited':
      return { result: 'unknown', reason: 'rate limited', afterMs: delivered.afterMs, blame: 'nobody' }
    case 'again':
      return { result: 'unknown', reason: delivered.reason, afterMs: null, blame: delivered.blame }
    default:
      return delivered
  }
}

/** Who is written to directly when the conversation cannot be used. */
function whoInstead(destination: OutboxItem['destination']): string | undefined {
  if (destination.to === 'requester') return destination.user
  return destination.to === 'channel' ? destination.asker : undefined
}
