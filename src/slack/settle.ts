import type { Logger } from 'pino'
import { coerceError } from '../core/errors.ts'
import type { Outbox, OutboxItem } from '../core/ports/outbox.ts'
import { backoffMs } from './backoff.ts'
import type { Delivered } from './delivered.ts'
import type { Reachability } from './reachability.ts'

/** Writes down what became of a message. Never throws. */
export type Settle = (item: OutboxItem, delivered: Delivered) => Promise<void>

interface SettleTools {
  readonly outbox: Outbox
  readonly reachability: Reachability
  readonly log: Logger
}

/** How long after a failure a message is tried again. */
const AGAIN = { firstMs: 1_000, mostMs: 60_000 }

/** How long to wait before a message that perhaps arrived is looked for: Slack may still be at it. */
const UNKNOWN = { firstMs: 2_000, mostMs: 60_000 }

/** After every so many attempts, a message that still waits is worth a line in the log. */
const TELL_EVERY = 5

/** How often writing it down is tried. */
const ATTEMPTS = 3

type Write = () => Promise<void>

export function createSettle(tools: SettleTools): Settle {
  return async (item, delivered) => {
    const writes = writesFor(tools, item, delivered)
    for (let attempt = 1; ; attempt += 1) {
      try {
        for (const write of writes) await write()
        return
      } catch (thrown) {
        if (attempt < ATTEMPTS) continue
        // What was sent and could not be written down is found in the history once its claim has ended.
        const facts = { err: coerceError(thrown), outbox: item.id }
        tools.log.warn(facts, 'What became of a message could not be recorded')
        return
      }
    }
  }
}

/** What is to be written down, in order. */
function writesFor(tools: SettleTools, item: OutboxItem, delivered: Delivered): readonly Write[] {
  const { outbox, reachability, log } = tools
  const { id, kind, attempts } = item
  switch (delivered.result) {
    case 'sent':
      reachability.succeeded()
      return [() => outbox.sent(id, { channel: delivered.channel, ts: delivered.ts })]
    case 'limited': {
      const { channel, afterMs } = delivered
      const again = () => outbox.again(id, afterMs, 'rate limited')
      return channel === null ? [again] : [() => outbox.pause(channel, afterMs), again]
    }
    case 'again': {
      const again = () => outbox.again(id, backoffMs(attempts, AGAIN), delivered.reason)
      return [...pauses(tools, item, delivered), again]
    }
    case 'unknown': {
      const afterMs = delivered.afterMs ?? backoffMs(attempts, UNKNOWN)
      return [...pauses(tools, item, delivered), () => outbox.unknown(id, afterMs, delivered.reason)]
    }
    case 'redirect':
      return [() => outbox.redirect(id, delivered.user)]
    case 'failed':
      log.error({ outbox: id, kind, reason: delivered.reason }, 'Slack will not take a message')
      return [() => outbox.failed(id, delivered.reason)]
  }
}

/** Holds everything up when Slack is to blame, and tells of a message that waits for long. */
function pauses(
  { outbox, reachability, log }: SettleTools,
  { id, kind, attempts }: OutboxItem,
  { blame, reason }: Extract<Delivered, { blame: unknown }>,
): readonly Write[] {
  if (attempts > 0 && attempts % TELL_EVERY === 0) {
    log.warn({ outbox: id, kind, attempts, reason }, 'A message still waits')
  }
  const pauseMs = reachability.failed(id, blame, reason)
  return pauseMs === null ? [] : [() => outbox.pause(null, pauseMs)]
}
