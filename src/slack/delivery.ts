import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { coerceError } from '../core/errors.ts'
import type { Outbox, OutboxItem } from '../core/ports/outbox.ts'
import { createAlarm } from './alarm.ts'
import type { Delivered } from './delivered.ts'
import type { SlackMetrics } from './metrics.ts'
import type { Sender } from './sender.ts'
import type { Settle } from './settle.ts'

/** The outbox's worker: takes what may be sent, sends it, and has written down what became of it. */
export interface Delivery {
  start(): void
  /** Takes nothing new; resolves when what is under way has ended, or when the time is over. */
  stop(deadlineMs: number): Promise<void>
}

export interface DeliveryOptions {
  readonly outbox: Outbox
  readonly send: Sender
  readonly settle: Settle
  readonly metrics: SlackMetrics
  readonly log: Logger
}

/** How many messages are under way at once: each is in another channel, because the outbox gives one a channel and second. */
const CONCURRENCY = 16

/** A look at the outbox even when nothing called, should a call have been lost. */
const LOOK_MS = 5_000

/** How long to leave Bakery's own database alone when it did not answer. */
const STORE_WAIT_MS = 1_000

export function createDelivery(options: DeliveryOptions): Delivery {
  const { outbox } = options
  const underWay = new Set<Promise<void>>()
  const deliver = createDeliver(options)
  const waiting = createWaiting(options)
  const begin = (item: OutboxItem) => {
    const work = deliver(item).finally(() => {
      underWay.delete(work)
      alarm.ring()
    })
    underWay.add(work)
  }
  let unread = false
  const alarm = createAlarm(
    /** Claims what there is room for. */
    async () => {
      const room = CONCURRENCY - underWay.size
      const items = room === 0 ? [] : await waiting.claim(room)
      unread = items === null
      for (const item of items ?? []) begin(item)
    },
    /** With no room, it is looked at when something has ended. */
    async () => {
      if (unread) return STORE_WAIT_MS
      return underWay.size === CONCURRENCY ? null : waiting.nextMs()
    },
  )
  let unsubscribe: () => void = () => undefined
  return {
    start() {
      unsubscribe = outbox.onWaiting(alarm.ring)
      alarm.ring()
    },
    async stop(deadlineMs) {
      unsubscribe()
      const ended = async () => {
        await alarm.stop()
        while (underWay.size > 0) await Promise.allSettled(underWay)
      }
      const deadline = new AbortController()
      const over = sleep(deadlineMs, undefined, { signal: deadline.signal, ref: false }).catch(
        () => undefined,
      )
      await Promise.race([ended(), over])
      deadline.abort()
    },
  }
}

interface Waiting {
  /** Takes at most so many; null when the outbox cannot be read. */
  claim(room: number): Promise<readonly OutboxItem[] | null>
  /** When to look again. */
  nextMs(): Promise<number>
}

/** Never throws: while the outbox cannot be read, that is said once, and it is looked at again and again. */
function createWaiting({ outbox, log }: DeliveryOptions): Waiting {
  let failed = false
  return {
    async claim(room) {
      try {
        const items = await outbox.claim(room)
        failed = false
        return items
      } catch (thrown) {
        if (!failed) log.warn({ err: coerceError(thrown) }, 'The outbox cannot be read: messages wait')
        failed = true
        return null
      }
    },
    async nextMs() {
      try {
        return Math.min((await outbox.nextInMs()) ?? LOOK_MS, LOOK_MS)
      } catch {
        return STORE_WAIT_MS
      }
    },
  }
}

/** One message, from its claim to the record of what became of it. Never throws. */
function createDeliver({ send, settle, metrics, log }: DeliveryOptions): (item: OutboxItem) => Promise<void> {
  return async (item) => {
    const delivered = await send(item).catch((thrown: unknown): Delivered => {
      log.error({ err: coerceError(thrown), outbox: item.id }, 'Sending a message failed in Bakery itself')
      return { result: 'unknown', reason: 'a fault of Bakery’s own', afterMs: null, blame: 'nobody' }
    })
    metrics.deliveries.inc({ result: delivered.result })
    await settle(item, delivered)
  }
}
