import type { Pool } from 'pg'
import { coerceError, DependencyError } from '../core/errors.ts'
import type { Journal, RecordedRequest } from '../core/ports/records.ts'
import { createBatcher } from './batcher.ts'
import { storableJson } from './canonical.ts'
import { createDesk } from './desk.ts'
import { type AuditEntry, outcomeEntry, ownEntry } from './entries.ts'
import { isConnectionFault, storeFault } from './faults.ts'
import { type MessageRow, messageRows } from './messages.ts'
import { flush, newLedger } from './operations-ledger.ts'
import type { OperationSettings } from './operations-rows.ts'
import { newReference } from './reference.ts'
import { claimAbandoned, isFinished } from './requests.ts'
import { inTransaction } from './transaction.ts'

export interface JournalOptions {
  readonly pool: Pool
  /** Of this process, as in its lease. */
  readonly owner: string
  /** Several Slack ids can be one person. */
  readonly personOf: (user: string) => string
  readonly operations: OperationSettings
  /** Called after a commit that put messages into the outbox. */
  readonly onMessages: () => void
}

const MOST_AT_ONCE = 50

interface Ending {
  readonly id: string
  readonly entry: AuditEntry
  readonly messages: readonly MessageRow[]
}

/** Ends what was recorded: each state's change, audit row and messages are one transaction. */
export function createJournal({ pool, owner, personOf, operations, onMessages }: JournalOptions): Journal {
  /** Requests of this process that could not be ended: they may be claimed again although this process lives. */
  const unfinished = new Set<string>()
  const endings = createBatcher<Ending, Error | null>({
    most: MOST_AT_ONCE,
    send: (batch) => finishEach(pool, owner, batch),
  })

  async function remembering<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (thrown) {
      const fault = storeFault('ending a request', thrown)
      if (fault instanceof DependencyError && fault.dependency === 'postgres') unfinished.add(id)
      throw fault
    }
  }

  return {
    finish: (request, outcome, messages) =>
      remembering(request.id, async () => {
        const rows = await messageRows(pool, messages, request.ref)
        const fault = await endings.add({
          ...{ id: request.id, entry: outcomeEntry(request, outcome), messages: rows },
        })
        if (fault) throw fault
        if (rows.length > 0) onMessages()
      }),

    perform: (request, act) =>
      remembering(request.id, async () => {
        const said = await perform({ pool, owner, personOf, operations }, request, act)
        if (said) onMessages()
      }),

    async abandoned(limit) {
      const claimed = await claimAbandoned(pool, { owner, limit, also: [...unfinished] })
      for (const { id } of claimed) unfinished.delete(id)
      return claimed
    },

    async note({ by, ...row }, messages = []) {
      const ref = by?.ref ?? newReference()
      await inTransaction(pool, `noting ${row.kind}`, async (client) => {
        const rows = await messageRows(client, messages, ref)
        if (rows.length > 0) await client.query('SELECT outbox_put($1)', [storableJson(rows)])
        await client.query('SELECT audit_append($1)', [storableJson([ownEntry({ ...row, ...by, ref })])])
      })
      if (messages.length > 0) onMessages()
    },
  }
}

/** All in one commit; when the database refuses that, each by itself, so that a bad one costs only its own request. */
async function finishEach(
  pool: Pool,
  owner: string,
  batch: readonly Ending[],
): Promise<readonly (Error | null)[]> {
  try {
    await finishAll(pool, owner, batch)
    return batch.map(() => null)
  } catch (thrown) {
    if (batch.length === 1 || isConnectionFault(thrown)) return batch.map(() => coerceError(thrown))
    const results: (Error | null)[] = []
    for (const ending of batch) results.push(...(await finishEach(pool, owner, [ending])))
    return results
  }
}

/** One statement, one commit. It can be said again after a lost connection: a request ends once. */
async function finishAll(pool: Pool, owner: string, batch: readonly Ending[]): Promise<void> {
  const text = storableJson(batch)
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query({ name: 'finish', text: 'SELECT finish($1, $2)', values: [text, owner] })
      return
    } catch (thrown) {
      if (attempt === FINISH_ATTEMPTS || !isConnectionFault(thrown)) throw thrown
      await new Promise((resolve) => setTimeout(resolve, FINISH_PAUSE_MS * attempt))
    }
  }
}

const FINISH_ATTEMPTS = 4
const FINISH_PAUSE_MS = 100

/** Whether messages were put into the outbox; false also when the request had ended before. */
async function perform(
  { pool, owner, personOf, operations }: Omit<JournalOptions, 'onMessages'>,
  request: RecordedRequest,
  act: Parameters<Journal['perform']>[1],
): Promise<boolean> {
  try {
    return await inTransaction(pool, 'doing what was asked', async (client) => {
      const { rows } = await client.query<{ ended: boolean }>('SELECT request_end($1, $2) AS ended', [
        request.id,
        owner,
      ])
      if (!rows[0]?.ended) return false
      const ledger = newLedger()
      const { outcome, messages } = await act(createDesk({ client, personOf, operations, ledger, request }))
      const entry = outcomeEntry(request, { operation: ledger.operation, ...outcome })
      // What the command says of an operation stands in place of what the desk would say.
      const said = new Set(messages.map(({ key }) => key))
      const own = ledger.messages.filter(({ key }) => !said.has(key))
      const all = { entries: [...ledger.entries, entry], messages: [...own, ...messages] }
      return flush(client, all, request.ref)
    })
  } catch (thrown) {
    // When the connection broke at COMMIT, the request itself knows what became of it.
    if (isConnectionFault(Object(thrown).cause) && (await isFinished(pool, request.id))) return true
    throw thrown
  }
}
