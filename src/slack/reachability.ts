import type { Logger } from 'pino'
import { backoffMs } from './backoff.ts'
import type { Blame } from './delivered.ts'

/**
 * Whether Slack takes messages at all, judged by what becomes of them. While it does not, everything waits together: one
 * attempt now and then, and one line in the log instead of thousands.
 */
export interface Reachability {
  succeeded(): void
  /** How long everything shall wait, in milliseconds; null: this failure says nothing about the others. */
  failed(id: string, blame: Blame, reason: string): number | null
  /** Since when and why nothing is delivered; null: all is well. */
  outage(): { readonly since: Date; readonly reason: string } | null
}

/** So many different messages must fail in a row before Slack is to blame rather than the messages. */
const SUSPICIOUS = 3
const WAIT = { firstMs: 500, mostMs: 15_000 }

export function createReachability(log: Logger, random?: () => number): Reachability {
  const suspects = new Set<string>()
  let outage: { since: Date; reason: string } | null = null
  let waits = 0
  return {
    succeeded() {
      suspects.clear()
      waits = 0
      if (outage === null) return
      log.info({ since: outage.since.toISOString() }, 'Slack takes messages again')
      outage = null
    },
    failed(id, blame, reason) {
      if (blame === 'nobody') return null
      suspects.add(id)
      if (blame === 'perhaps' && suspects.size < SUSPICIOUS) return null
      if (outage === null) {
        outage = { since: new Date(), reason }
        log.warn({ reason }, 'Slack takes no messages: they wait in the outbox')
      }
      suspects.clear()
      waits += 1
      return backoffMs(waits - 1, WAIT, random)
    },
    outage: () => outage,
  }
}
