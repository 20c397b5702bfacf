import { randomUUID } from 'node:crypto'
import { coerceError } from '../core/errors.ts'
import type { Receipt, Receipts, VerifiedRequest } from '../core/ports/records.ts'
import type { AccessStore } from './access.ts'
import { canonicalJson } from './canonical.ts'
import { createConnection } from './connection.ts'
import { createDisowned } from './disowned.ts'
import { isRetryable, sqlState } from './faults.ts'
import type { StoreLog } from './pool.ts'
import { askServerTime, encodeBatch, type Pending, type ReceiveAnswer } from './receive.ts'
import { newReference } from './reference.ts'

export interface ReceiptsOptions {
  readonly url: string
  /** Of this process, as in its lease. */
  readonly owner: string
  readonly access: Pick<AccessStore, 'current' | 'atLeast'>
  readonly log: StoreLog
}

export interface ReceiptsStore extends Receipts {
  start(): void
  /** Waits for what is under way, and closes. */
  stop(): Promise<void>
}

const MOST_AT_ONCE = 200
/** After this the connection is broken; what became of the batch is found out on a new one. */
const ANSWER_WITHIN_MS = 2000
const SETTINGS = { statement_timeout: 1800, lock_timeout: 1500 }
const QUERY_CANCELED = '57014'
const TOO_LATE = 'its own database did not answer in time'

/**
 * Records requests by group commit: one connection, one batch on its way, one round trip and one commit for all of it
 * (`receive` in migrations/0004_requests.sql). An answer that was not seen is asked for again under the same id. What was
 * not recorded in time is disowned: it never runs, even if its commit arrives later.
 */
export function createReceipts(options: ReceiptsOptions): ReceiptsStore {
  const { url, owner, access, log } = options
  const clock = { offset: 0 }
  let queue: Pending[] = []
  let busy = false

  const connection = createConnection({
    ...{ url, log, name: 'writer', settings: SETTINGS },
    prepare: async (client) => {
      clock.offset = await askServerTime(client)
    },
    onUp: () => {
      schedule()
      disowned.wake()
    },
    onDown: () => {},
  })
  const disowned = createDisowned({ connection, owner, log })

  function schedule(): void {
    if (busy || queue.length === 0 || !connection.isUp()) return
    busy = true
    setImmediate(() => void flush())
  }

  async function flush(): Promise<void> {
    const batch = take()
    if (batch.length > 0) {
      const patience = setTimeout(() => connection.cut('a batch was not answered in time'), ANSWER_WITHIN_MS)
      try {
        const { rows } = await connection.query<{ answer: ReceiveAnswer }>({
          name: 'receive',
          text: 'SELECT receive($1, $2) AS answer',
          values: [encodeBatch(batch, clock.offset), owner],
        })
        if (!rows[0]) throw new Error('receive gave no answer')
        settleAll(batch, rows[0].answer)
      } catch (thrown) {
        retry(batch, thrown)
      }
      clearTimeout(patience)
    }
    busy = false
    schedule()
  }

  function take(): Pending[] {
    queue = queue.filter((pending) => !pending.settled)
    return queue.splice(0, queue[0]?.alone ? 1 : MOST_AT_ONCE)
  }

  function settleAll(batch: readonly Pending[], answer: ReceiveAnswer): void {
    clock.offset = answer.now - performance.now()
    batch.forEach((pending, index) => {
      const row = answer.rows[index]
      if (row?.[0] === 'recorded') {
        const decision = row[2] ?? pending.decided.decision
        settle(pending, {
          ...{ state: 'recorded', id: pending.id, ref: pending.ref, decision },
          at: new Date(row[1]),
        })
      } else if (row?.[0] === 'duplicate') {
        settle(pending, { state: 'duplicate' })
      } else if (row?.[0] === 'stale') {
        void decideAgain(pending, BigInt(answer.version))
      } else {
        refuse(pending, TOO_LATE)
      }
    })
  }

  async function decideAgain(pending: Pending, version: bigint): Promise<void> {
    try {
      await access.atLeast(version)
      pending.decided = decide(pending.request)
      queue.push(pending)
      schedule()
    } catch (thrown) {
      log.error({ err: coerceError(thrown), ref: pending.ref }, 'a request could not be decided again')
      refuse(pending, 'its access records could not be read')
    }
  }

  function retry(batch: readonly Pending[], thrown: unknown): void {
    const state = sqlState(thrown)
    const mayPass = isRetryable(thrown) || state === QUERY_CANCELED
    log.warn({ err: coerceError(thrown), requests: batch.length }, 'a batch of requests was not recorded')
    if (!mayPass && batch.length === 1) {
      for (const pending of batch) refuse(pending, `its own database refused it (SQLSTATE ${state})`)
      return
    }
    for (const pending of batch) {
      pending.again = true
      pending.alone = !mayPass
    }
    queue.unshift(...batch)
  }

  function decide(request: VerifiedRequest): Pending['decided'] {
    const snapshot = access.current()
    // The version is taken with the decision: a later one may already know of a revocation that the decision does not.
    return { version: snapshot.version, decision: request.decide(snapshot) }
  }

  function refuse(pending: Pending, reason: string): void {
    if (pending.settled) return
    settle(pending, { state: 'not-recorded', ref: pending.ref, reason })
    disowned.add(pending)
  }

  function settle(pending: Pending, receipt: Receipt): void {
    if (pending.settled) return
    pending.settled = true
    pending.settle(receipt)
  }

  function record(request: VerifiedRequest, deadlineMs: number): Promise<Receipt> {
    const ref = newReference()
    return new Promise((resolve) => {
      try {
        const pending: Pending = {
          ...{ id: randomUUID(), ref, request, again: false, alone: false, settled: false },
          keys: [...new Set(request.replayKeys)],
          payload: canonicalJson(request.payload),
          expiresAt: performance.now() + deadlineMs,
          decided: decide(request),
          settle(receipt) {
            clearTimeout(timer)
            resolve(receipt)
          },
        }
        const timer = setTimeout(() => refuse(pending, TOO_LATE), deadlineMs)
        queue.push(pending)
        schedule()
      } catch (thrown) {
        log.error({ err: coerceError(thrown), ref }, 'a request could not be decided')
        resolve({ state: 'not-recorded', ref, reason: 'it could not be decided' })
      }
    })
  }

  return {
    record,
    start: connection.start,
    async stop() {
      const until = performance.now() + ANSWER_WITHIN_MS
      while ((busy || queue.length > 0) && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await disowned.stop()
      await connection.stop()
    },
  }
}
