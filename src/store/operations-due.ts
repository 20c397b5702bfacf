import type { PoolClient } from 'pg'
import type { Operation } from '../core/operation.ts'
import { planDigest } from '../core/plan.ts'
import type { Due, OperationEngine } from '../core/ports/operations.ts'
import type { OperationEngineOptions } from './operations-engine.ts'
import { brokenRule } from './operations-faults.ts'
import {
  bakeryFor,
  flush,
  type Ledger,
  newLedger,
  operationEntry,
  recordState,
  withCard,
} from './operations-ledger.ts'
import { remind, tellStuck, toResume } from './operations-overrides.ts'
import { insertOperation } from './operations-propose.ts'
import { newOperationId, theOperation } from './operations-rows.ts'
import { inTransaction } from './transaction.ts'

type Options = Pick<OperationEngineOptions, 'pool' | 'settings' | 'onMessages'>

/** What ends by time alone, by the clock of the database. Safe in several processes: each row is somebody's once. */
export async function dueByTime({ pool, settings, onMessages }: Options, limit: number): Promise<Due[]> {
  let said = false
  const due = await inTransaction(pool, 'looking for what ends by time', async (client) => {
    const ledger = newLedger()
    const found: Due[] = [
      ...(await expire(client, { settings }, ledger, limit)),
      ...(await remind(client, settings, ledger, limit)),
      ...(await tellStuck(client, settings, ledger, limit)),
      ...(await unconfirmed(client, limit)),
      ...(await toResume(client, limit)),
    ]
    const [first] = found
    if (first !== undefined) said = await flush(client, ledger, 'operation' in first ? refOf(first) : '')
    return found
  })
  if (said) onMessages()
  return due
}

function refOf(due: Due): string {
  return 'override' in due ? '' : due.operation.ref
}

async function expire(
  client: PoolClient,
  { settings }: Pick<Options, 'settings'>,
  ledger: Ledger,
  limit: number,
): Promise<Due[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE operation SET state = 'expired', code = 'EXPIRED' WHERE id IN (
       SELECT id FROM operation WHERE state IN ('planned', 'awaiting', 'approved')
         AND expires_at <= clock_timestamp() ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id`,
    [limit],
  )
  const due: Due[] = []
  for (const { id } of rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const { whole } = await theOperation(client, id)
    const operation = await recordState(client, settings, ledger, { id, by: bakeryFor(whole) })
    due.push({ kind: 'expired', operation })
  }
  return due
}

async function unconfirmed(client: PoolClient, limit: number): Promise<Due[]> {
  const { rows } = await client.query<{ whole: Operation }>(
    `SELECT whole FROM operation_whole WHERE id IN (
       SELECT o.id FROM operation o WHERE o.state = 'succeeded' AND o.kept_by IS NULL
         AND o.confirm_until <= clock_timestamp()
         AND NOT EXISTS (SELECT FROM operation u WHERE u.undoes = o.id AND (u.follows = 'undo' OR u.state NOT IN
           ('planned', 'awaiting', 'denied', 'expired', 'stale', 'revoked', 'cancelled', 'failed')))
       ORDER BY o.confirm_until LIMIT $1)`,
    [limit],
  )
  return rows.map(({ whole }) => ({ kind: 'unconfirmed', operation: whole }))
}

/** The database keeps how it ended; that it waits for nobody any more is all that changes. */
export async function stays({ pool, settings, onMessages }: Options, operation: string): Promise<void> {
  const said = await inTransaction(pool, 'leaving an operation as it is', async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE operation SET confirm_until = NULL
       WHERE id = $1 AND state = 'succeeded' AND kept_by IS NULL AND confirm_until <= clock_timestamp() RETURNING id`,
      [operation],
    )
    if (rows.length === 0) return false
    const ledger = newLedger()
    const whole = await withCard({ db: client, settings, ledger }, operation)
    const facts = { decision: 'stay', code: null }
    ledger.entries.push(operationEntry('review', whole, bakeryFor(whole), facts))
    return flush(client, ledger, whole.ref)
  })
  if (said) onMessages()
}

/** Rules that say that somebody else did it, or that it has to wait. */
const NOT_NOW: ReadonlySet<string> = new Set(['operation_follows', 'operation_target_busy'])

export async function follow(
  { pool, settings, onMessages }: Options,
  cause: Parameters<OperationEngine['follow']>[0],
  { command, line, plan }: Parameters<OperationEngine['follow']>[1],
): Promise<Operation | null> {
  try {
    const begun = await inTransaction(pool, 'beginning what follows', async (client) => {
      const from = await causeOf(client, cause)
      if (from === null) return null
      const id = newOperationId()
      const { quiet } = from
      const { requester, channel, environment, ref } = from.whole
      await insertOperation(client, {
        ...{ id, command, line, plan, digest: planDigest(line, plan), state: 'approved' },
        ...{
          requester,
          channel,
          environment,
          ref,
          reason: null,
          breakGlass: null,
          confirmWithinSeconds: null,
        },
        ...{ minutes: settings.expireMinutes, follows: cause.kind, quiet },
        ...(cause.kind === 'undo' ? { undoes: cause.operation } : { undoes: null, resumes: cause.override }),
      })
      const ledger = newLedger()
      const payload = { line, steps: plan.steps, follows: cause.kind, from: from.whole.id }
      const by = bakeryFor(from.whole)
      const whole = await recordState(client, settings, ledger, { id, by, firstCard: true, payload })
      await flush(client, ledger, ref)
      return whole
    })
    if (begun) onMessages()
    return begun
  } catch (thrown) {
    if (NOT_NOW.has(brokenRule(Object(thrown).cause) ?? brokenRule(thrown) ?? '')) return null
    throw thrown
  }
}

/**
 * The operation that it follows from, locked: two processes do not both begin. `quiet`: what is tried again has no card
 * until it succeeds or needs a person, because its owner and the channel were told that it fails (operations-overrides.ts).
 */
async function causeOf(
  client: PoolClient,
  cause: Parameters<OperationEngine['follow']>[0],
): Promise<{ readonly whole: Operation; readonly quiet: boolean } | null> {
  const { rows } =
    cause.kind === 'undo'
      ? await client.query<{ id: string; quiet: boolean }>(
          'SELECT id, false AS quiet FROM operation WHERE id = $1 FOR UPDATE',
          [cause.operation],
        )
      : await client.query<{ id: string; quiet: boolean }>(
          'SELECT operation AS id, failures > 0 AS quiet FROM operation_override WHERE id = $1 FOR UPDATE',
          [cause.override],
        )
  const [found] = rows
  if (found === undefined) return null
  return { whole: (await theOperation(client, found.id)).whole, quiet: found.quiet }
}
