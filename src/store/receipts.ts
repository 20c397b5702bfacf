import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { coerceError } from '../core/errors.ts'
import type { Receipt, Receipts, VerifiedRequest } from '../core/ports/records.ts'
import type { AccessStore } from './access.ts'
import { canonicalJson } from './canonical.ts'
import { type Connection, createConnection } from './connection.ts'
import { createDisowned, type Disowned } from './disowned.ts'
import type { StoreLog } from './pool.ts'
import { askServerTime, type Pending, type ReceiveAnswer } from './receive.ts'
import { newReference } from './reference.ts'
import { ANSWER_WITHIN_MS, createWriter, type Writer } from './writer.ts'

export interface ReceiptsOptions {
  readonly url: string
  /** Of this process, as in its lease. */
  readonly owner: string
  readonly access: Pick<AccessStore, 'current' | 'atLeast'>
  readonly log: StoreLog
}

export interface ReceiptsStore extends Receipts {
  /** A second call changes nothing. */
  start(): void
  /** Waits for what is under way, and closes. */
  stop(): Promise<void>
}

interface Parts extends Pick<ReceiptsOptions, 'access' | 'log'> {
  readonly writer: Writer
  readonly disowned: Disowned
}

/** A statement that waits longer than its requests can is given up by the server itself. */
const SETTINGS = { statement_timeout: 1800, lock_timeout: 1500 }
const TOO_LATE = 'its own database did not answer in time'

/**
 * Records requests by group commit: one connection, two batches on their way, one round trip and one commit for each
 * (`receive_batch` in migrations/0009_receive_batch.sql). An answer that was not seen is asked for again under the same id. What was
 * not recorded in time is disowned: it never runs, even if its commit arrives later. An event can be sent again.
 */
export function createReceipts(options: ReceiptsOptions): ReceiptsStore {
  const { url, owner, access, log } = options
  const clock = { offset: 0 }
  const connection: Connection = createConnection({
    ...{ url, log, name: 'writer', settings: SETTINGS, pipeline: true },
    prepare: async (client) => {
      clock.offset = await askServerTime(client)
    },
    onUp: () => {
      // Before anything new: an event that is sent again finds its keys free.
      disowned.wake()
      writer.wake()
    },
    onDown: () => {},
  })
  const disowned = createDisowned({ connection, owner, log })
  const writer: Writer = createWriter({
    ...{ connection, owner, clock, log },
    onAnswer: (batch, answer) => settleAll(parts, batch, answer),
    onRefused: (pending, reason) => refuse(parts, pending, reason),
  })
  const parts: Parts = { access, log, writer, disowned }
  return {
    record: (request, deadlineMs) => record(parts, request, deadlineMs),
    start: connection.start,
    async stop() {
      const until = performance.now() + ANSWER_WITHIN_MS
      while (!writer.isIdle() && performance.now() < until) await sleep(5)
      await disowned.stop()
      await connection.stop()
    },
  }
}

function record(parts: Parts, request: VerifiedRequest, deadlineMs: number): Promise<Receipt> {
  const ref = newReference()
  return new Promise((resolve) => {
    try {
      const pending: Pending = {
        // In the order of time: what is inserted together stands together in its index.
        ...{ id: randomUUIDv7(), ref, request },
        ...{ again: false, alone: false, encoded: null, settled: false },
        keys: [...new Set(request.replayKeys)],
        payload: canonicalJson(request.payload),
        expiresAt: performance.now() + deadlineMs,
        decided: decide(parts, request),
        settle(receipt) {
          clearTimeout(timer)
          resolve(receipt)
        },
      }
      const timer = setTimeout(() => refuse(parts, pending, TOO_LATE), deadlineMs)
      parts.writer.push(pending)
    } catch (thrown) {
      parts.log.error({ err: coerceError(thrown), ref }, 'a request could not be decided')
      resolve({ state: 'not-recorded', ref, reason: 'it could not be decided' })
    }
  })
}

/** The version is taken with the decision: a later one may already know of a revocation that the decision does not. */
function decide({ access }: Pick<Parts, 'access'>, request: VerifiedRequest): Pending['decided'] {
  const snapshot = access.current()
  return { version: snapshot.version, decision: request.decide(snapshot) }
}

async function decideAgain(parts: Parts, pending: Pending, version: bigint): Promise<void> {
  try {
    await parts.access.atLeast(version)
    pending.decided = decide(parts, pending.request)
    parts.writer.push(pending)
  } catch (thrown) {
    parts.log.error({ err: coerceError(thrown), ref: pending.ref }, 'a request could not be decided again')
    refuse(parts, pending, 'its access records could not be read')
  }
}

function settleAll(parts: Parts, batch: readonly Pending[], answer: ReceiveAnswer): void {
  batch.forEach((pending, index) => {
    const row = answer.rows[index]
    if (row?.[0] === 'recorded') {
      const { id, ref, decided } = pending
      settle(pending, {
        ...{ state: 'recorded', id, ref, at: new Date(row[1]) },
        decision: row[2] ?? decided.decision,
      })
    } else if (row?.[0] === 'duplicate') {
      settle(pending, { state: 'duplicate' })
    } else if (row?.[0] === 'stale') {
      void decideAgain(parts, pending, BigInt(answer.version))
    } else {
      refuse(parts, pending, TOO_LATE)
    }
  })
}

function refuse({ disowned }: Parts, pending: Pending, reason: string): void {
  if (pending.settled) return
  settle(pending, { state: 'not-recorded', ref: pending.ref, reason })
  disowned.add({ id: pending.id, keys: pending.keys, comesAgain: pending.request.comesAgain === true })
}

function settle(pending: Pending, receipt: Receipt): void {
  if (pending.settled) return
  pending.settled = true
  pending.settle(receipt)
}
