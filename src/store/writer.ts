import { coerceError } from '../core/errors.ts'
import type { Connection } from './connection.ts'
import { isRetryable, sqlState } from './faults.ts'
import type { StoreLog } from './pool.ts'
import { encodeBatch, type Pending, type ReceiveAnswer } from './receive.ts'

/** The queue before the database: what arrives while one batch is on its way makes up the next. */
export interface Writer {
  push(pending: Pending): void
  /** The connection stands again. */
  wake(): void
  isIdle(): boolean
}

export interface WriterOptions {
  readonly connection: Pick<Connection, 'isUp' | 'query' | 'cut'>
  readonly owner: string
  /** The database's clock minus `performance.now()`, at most; corrected by every answer. */
  readonly clock: { offset: number }
  readonly onAnswer: (batch: readonly Pending[], answer: ReceiveAnswer) => void
  /** The database will not have this one. */
  readonly onRefused: (pending: Pending, reason: string) => void
  readonly log: StoreLog
}

const MOST_AT_ONCE = 200
/** Turns of the event loop (well under a millisecond each) that a batch may go on growing. */
const MOST_TURNS = 5
/** After this the connection is broken; what became of the batch is found out on a new one. */
export const ANSWER_WITHIN_MS = 2000
const QUERY_CANCELED = '57014'

export function createWriter(options: WriterOptions): Writer {
  const { connection, clock, log } = options
  let queue: Pending[] = []
  let busy = false

  function schedule(): void {
    if (busy || queue.length === 0 || !connection.isUp()) return
    busy = true
    // Not a timer: Node's know no less than a millisecond.
    setImmediate(gather, queue.length, 1)
  }

  /** A batch costs the database as much as several requests: what this turn of the event loop still brings goes with it. */
  function gather(before: number, turn: number): void {
    if (queue.length > before && turn < MOST_TURNS) setImmediate(gather, queue.length, turn + 1)
    else void flush()
  }

  async function flush(): Promise<void> {
    queue = queue.filter((pending) => !pending.settled)
    const batch = queue.splice(0, queue[0]?.alone ? 1 : MOST_AT_ONCE)
    if (batch.length > 0) {
      const patience = setTimeout(() => connection.cut('a batch was not answered in time'), ANSWER_WITHIN_MS)
      try {
        const answer = await send(options, batch)
        clock.offset = answer.now - performance.now()
        options.onAnswer(batch, answer)
      } catch (thrown) {
        retry(batch, thrown)
      }
      clearTimeout(patience)
    }
    busy = false
    schedule()
  }

  function retry(batch: readonly Pending[], thrown: unknown): void {
    const state = sqlState(thrown)
    const mayPass = isRetryable(thrown) || state === QUERY_CANCELED
    log.warn({ err: coerceError(thrown), requests: batch.length }, 'a batch of requests was not recorded')
    if (!mayPass && batch.length === 1) {
      for (const pending of batch)
        options.onRefused(pending, `its own database refused it (SQLSTATE ${state})`)
      return
    }
    for (const pending of batch) {
      pending.again = true
      pending.alone = !mayPass
    }
    queue.unshift(...batch)
  }

  return {
    push(pending) {
      queue.push(pending)
      schedule()
    },
    wake: schedule,
    isIdle: () => !busy && queue.length === 0,
  }
}

async function send(
  { connection, owner, clock }: WriterOptions,
  batch: readonly Pending[],
): Promise<ReceiveAnswer> {
  const { rows } = await connection.query<{ answer: ReceiveAnswer }>({
    name: 'receive',
    text: 'SELECT receive($1, $2) AS answer',
    values: [encodeBatch(batch, clock.offset), owner],
  })
  if (!rows[0]) throw new Error('receive gave no answer')
  return rows[0].answer
}
