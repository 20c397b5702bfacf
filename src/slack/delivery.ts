import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { coerceError } from '../core/errors.ts'
import type { Outbox, OutboxItem } from '../core/ports/outbox.ts'
import { backoffMs } from './backoff.ts'
import type { Delivered } from './delivered.ts'
import type { SlackMetrics } from './metrics.ts'
import type { Reachability } from './reachability.ts'
import type { Sender } from './sender.ts'

/** The outbox's worker: takes what may be sent, sends it, and writes down what became of it. */
export interface Delivery {
  start(): void
  /** Takes nothing new; resolves when what is under way has ended, or when the time is over. */
  stop(deadlineMs: number): Promise<void>
}

/** How many messages are under way at once: each is in another channel, because the outbox gives one a channel and second. */
const CONCURRENCY = 16

/** How long after a failure a message is tried again. */
const AGAIN = { firstMs: 1_000, mostMs: 60_000 }

/** How long to wait before a message that perhaps arrived is looked for: Slack may still be at it. */
const UNKNOWN = { firstMs: 2_000, mostMs: 60_000 }

/** A look at the outbox even when nothing called, should a call have been lost. */
const LOOK_MS = 5_000

/** How long to leave Bakery's own database alone when it did not answer. */
const STORE_WAIT_MS = 1_000
const STORE_ATTEMPTS = 3

export function createDelivery(options: {
  outbox: Outbox
  send: Sender
  reachability: Reachability
  metrics: SlackMetrics
  log: Logger
}): Delivery {
  const { outbox, send, reachability, metrics, log } = options
  const underWay = new Set<Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let claiming: Promise<void> = Promise.resolve()
  let state: 'idle' | 'claiming' | 'wanted' | 'stopped' = 'stopped'
  let storeFailed = false
  let unsubscribe: () => void = () => undefined

  function wake(): void {
    if (state === 'claiming') state = 'wanted'
    else if (state === 'idle') claiming = claimAll()
  }

  function wakeIn(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(wake, ms)
  }

  /** Claims until nothing may be sent now, or everybody is busy. */
  async function claimAll(): Promise<void> {
    clearTimeout(timer)
    let waitMs: number | null
    do {
      state = 'claiming'
      waitMs = await claimSome()
    } while (isWanted())
    if (isStopped()) return
    state = 'idle'
    if (waitMs !== null) wakeIn(waitMs)
  }

  const isWanted = () => state === 'wanted'
  const isStopped = () => state === 'stopped'

  /** Claims what there is room for. Returns when to look again; null: when something under way has ended. */
  async function claimSome(): Promise<number | null> {
    const room = CONCURRENCY - underWay.size
    if (room === 0) return null
    try {
      const items = await outbox.claim(room)
      for (const item of items) begin(item)
      storeFailed = false
      if (items.length === room) return null
      return Math.min((await outbox.nextInMs()) ?? LOOK_MS, LOOK_MS)
    } catch (thrown) {
      if (!storeFailed) log.warn({ err: coerceError(thrown) }, 'The outbox cannot be read: messages wait')
      storeFailed = true
      return STORE_WAIT_MS
    }
  }

  function begin(item: OutboxItem): void {
    const work = deliver(item).finally(() => {
      underWay.delete(work)
      wake()
    })
    underWay.add(work)
  }

  async function deliver(item: OutboxItem): Promise<void> {
    const delivered = await send(item).catch(
      (thrown: unknown): Delivered => ({
        result: 'unknown',
        reason: coerceError(thrown).message,
        afterMs: null,
        blame: 'nobody',
      }),
    )
    metrics.deliveries.inc({ result: delivered.result })
    const writes = record(item, delivered)
    for (let attempt = 1; ; attempt += 1) {
      try {
        for (const write of writes) await write()
        return
      } catch (thrown) {
        // What was sent and could not be written down is found in the history once its claim has ended.
        if (attempt < STORE_ATTEMPTS) continue
        log.warn(
          { err: coerceError(thrown), outbox: item.id },
          'What became of a message could not be recorded',
        )
        return
      }
    }
  }

  /** What is to be written down, in order. */
  function record(item: OutboxItem, delivered: Delivered): (() => Promise<void>)[] {
    const { id, attempts } = item
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
        return [...pauses(item, delivered), again]
      }
      case 'unknown': {
        const afterMs = delivered.afterMs ?? backoffMs(attempts, UNKNOWN)
        return [...pauses(item, delivered), () => outbox.unknown(id, afterMs, delivered.reason)]
      }
      case 'redirect':
        return [() => outbox.redirect(id, delivered.user)]
      case 'failed':
        log.error({ outbox: id, kind: item.kind, reason: delivered.reason }, 'Slack will not take a message')
        return [() => outbox.failed(id, delivered.reason)]
    }
  }

  function pauses(item: OutboxItem, failed: Extract<Delivered, { blame: unknown }>): (() => Promise<void>)[] {
    const pauseMs = reachability.failed(item.id, failed.blame, failed.reason)
    return pauseMs === null ? [] : [() => outbox.pause(null, pauseMs)]
  }

  return {
    start() {
      state = 'idle'
      unsubscribe = outbox.onWaiting(wake)
      wake()
    },
    async stop(deadlineMs) {
      state = 'stopped'
      unsubscribe()
      clearTimeout(timer)
      const ended = async () => {
        await claiming
        while (underWay.size > 0) await Promise.allSettled(underWay)
      }
      const deadline = new AbortController()
      await Promise.race([ended(), sleep(deadlineMs, undefined, { signal: deadline.signal, ref: false })])
      deadline.abort()
    },
  }
}
