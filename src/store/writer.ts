import { coerceError } from '../core/errors.ts'
import type { Connection } from './connection.ts'
import { isRetryable, sqlState } from './faults.ts'
import type { StoreLog } from './pool.ts'
import { encode, encodeBatch, type Pending, type ReceiveAnswer } from './receive.ts'

/** The queue before the database: what arrives while batches are on their way makes up the next. */
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
const MOST_UNDER_WAY = 2
/** After this the connection is broken; what became of the batch is found out on a new one. */
export const ANSWER_WITHIN_MS = 2000
const QUERY_CANCELED = '57014'

export function createWriter(options: WriterOptions): Writer {
  const { connection, clock, log } = options
  const underWay = new Set<readonly Pending[]>()
  let queue: Pending[] = []
  let scheduled = false

  /** A second batch goes after the first once it is as large: the server never waits for us, nor commits for a few. */
  function mayBegin(): boolean {
    if (queue.length === 0 || !connection.isUp()) return false
    const [first] = underWay
    return first === undefined || (underWay.size < MOST_UNDER_WAY && queue.length >= first.length)
  }

  function schedule(): void {
    if (scheduled || !mayBegin()) return
    scheduled = true
    // Not a timer: Node's know no less than a millisecond.
    setImmediate(() => {
      scheduled = false
      if (mayBegin()) void flush()
    })
  }

  async function flush(): Promise<void> {
    queue = queue.filter((pending) => !pending.settled)
    const batch = queue.splice(0, queue[0]?.alone ? 1 : MOST_AT_ONCE)
    if (batch.length === 0) return
    underWay.add(batch)
    const answer = await attempt(batch)
    underWay.delete(batch)
    // The next batch leaves before this one's answers are told: the database works while Slack is answered.
    if (answer !== null && mayBegin()) void flush()
    else schedule()
    if (answer !== null) options.onAnswer(batch, answer)
  }

  /** Null: not recorded, and what becomes of the batch is seen to. */
  async function attempt(batch: readonly Pending[]): Promise<ReceiveAnswer | null> {
    const patience = setTimeout(() => connection.cut('a batch was not answered in time'), ANSWER_WITHIN_MS)
    try {
      const answer = await send(options, batch)
      clock.offset = answer.now - performance.now()
      return answer
    } catch (thrown) {
      retry(batch, thrown)
      return null
    } finally {
      clearTimeout(patience)
    }
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
      pending.encoded = null
      pending.alone = !mayPass
    }
    queue.unshift(...batch)
  }

  return {
    push(pending) {
      pending.encoded = connection.isUp() ? encode(pending, clock.offset) : null
      queue.push(pending)
      schedule()
    },
    wake() {
      // The new connection may be to a server with another clock.
      for (const pending of queue) pending.encoded = null
      schedule()
    },
    isIdle: () => underWay.size === 0 && queue.length === 0,
  }
}

async function send(
  { connection, owner, clock }: WriterOptions,
  batch: readonly Pending[],
): Promise<ReceiveAnswer> {
  const { rows } = await connection.query<{ answer: ReceiveAnswer }>({
    name: 'receive_batch',
    text: 'SELECT receive_batch($1, $2) AS answer',
    values: [encodeBatch(batch, clock.offset), owner],
  })
  if (!rows[0]) throw new Error('receive_batch gave no answer')
  return rows[0].answer
}
