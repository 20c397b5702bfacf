import type { Pool, PoolClient } from 'pg'
import type { Operation } from '../core/operation.ts'
import type { Claim, OperationEngine } from '../core/ports/operations.ts'
import type { OutgoingMessage } from '../core/ports/records.ts'
import { storable, storableJson } from './canonical.ts'
import { storeFault } from './faults.ts'
import type { Listener } from './listener.ts'
import { dueByTime, follow, stays } from './operations-due.ts'
import {
  bakeryFor,
  cardId,
  cardMessages,
  flush,
  type Ledger,
  newLedger,
  operationEntry,
  recordState,
} from './operations-ledger.ts'
import { type OperationSettings, theOperation } from './operations-rows.ts'
import { inTransaction } from './transaction.ts'

export interface OperationEngineOptions {
  readonly pool: Pool
  readonly listener: Listener
  readonly settings: OperationSettings
  /** Called after a commit that put messages into the outbox. */
  readonly onMessages: () => void
}

/** Takes the oldest that nobody works on. The state stays, so there is nothing to audit yet. */
const CLAIM = `
  UPDATE operation SET fence = nextval('operation_fence'), lease_until = clock_timestamp() + make_interval(secs => $1)
  WHERE id = (
    SELECT id FROM operation
    WHERE state IN ('approved', 'running', 'verifying', 'unknown', 'reconciling')
      AND (lease_until IS NULL OR lease_until <= clock_timestamp())
      AND (state <> 'approved' OR expires_at > clock_timestamp())
    ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id`
const OURS = 'id = $1 AND fence = $2 AND lease_until > clock_timestamp()'

/** What whoever executes operations writes. A claim that is not ours any more changes nothing. */
export function createOperationEngine(options: OperationEngineOptions): OperationEngine {
  const { pool, listener, settings, onMessages } = options

  /** Runs work under the lock of a claimed operation, and writes what it collected; null when the claim is not ours. */
  async function holding(
    operation: string,
    { operation: { id, ref }, fence }: Claim,
    work: (client: PoolClient, ledger: Ledger) => Promise<void>,
  ): Promise<boolean> {
    let said = false
    const ours = await inTransaction(pool, operation, async (client) => {
      const { rowCount } = await client.query(`SELECT FROM operation WHERE ${OURS} FOR UPDATE`, [id, fence])
      if (rowCount !== 1) return false
      const ledger = newLedger()
      await work(client, ledger)
      said = await flush(client, ledger, ref)
      return true
    })
    if (said) onMessages()
    return ours
  }

  return {
    claim: (leaseSeconds) => claim(pool, leaseSeconds),
    renew: (held, leaseSeconds) => renew(pool, held, leaseSeconds),
    async release({ operation: { id }, fence }) {
      const { rowCount } = await single(
        pool,
        'giving up an operation',
        `UPDATE operation SET lease_until = NULL WHERE ${OURS}`,
        [id, fence],
      )
      return rowCount === 1
    },
    intent: (held, n, before) =>
      holding('writing down an intent', held, async (client, ledger) => {
        const { rowCount } = await client.query(
          `UPDATE operation_step SET state = 'intent', before = $3, fence = $4, intent_at = clock_timestamp()
           WHERE operation = $1 AND n = $2`,
          [held.operation.id, n, before === null ? null : storableJson(before), held.fence],
        )
        if (rowCount !== 1) throw new Error(`the operation has no step ${n}`)
        await noteStep(client, ledger, held, n)
      }),
    settle: (held, n, { state, auditId, says }) =>
      holding('writing down what became of a step', held, async (client, ledger) => {
        const { rowCount } = await client.query(
          `UPDATE operation_step SET state = $3, says = $4,
             audit_ids = CASE WHEN $5::text IS NULL OR $5 = ANY (audit_ids) THEN audit_ids
                              ELSE audit_ids || $5::text END,
             settled_at = CASE WHEN $3 IN ('done', 'absent', 'failed', 'skipped') THEN clock_timestamp() END
           WHERE operation = $1 AND n = $2`,
          [held.operation.id, n, state, says === null ? null : storable(says), auditId],
        )
        if (rowCount !== 1) throw new Error(`the operation has no step ${n}`)
        await noteStep(client, ledger, held, n)
      }),
    move: (held, to, { says, code, messages }) =>
      holding('writing down a state', held, async (client, ledger) => {
        const { id, card } = held.operation
        // What was begun without a card has one from here on: it is over, or a person has to look.
        const firstCard = card === null && (to === 'succeeded' || to === 'needs-human')
        await client.query(
          `UPDATE operation SET state = $2, outcome = coalesce($3, outcome), code = coalesce($4, code),
             card = coalesce(card, $5) WHERE id = $1`,
          [id, to, says === null ? null : storable(says), code, firstCard ? cardId(id) : null],
        )
        const by = bakeryFor(held.operation)
        const whole = await recordState(client, settings, ledger, { id, by, firstCard })
        const isCard = ({ destination: at }: OutgoingMessage) => at.to === 'update' && at.of === whole.card
        const others = messages.some(isCard) ? ledger.messages.filter((one) => !isCard(one)) : ledger.messages
        ledger.messages.splice(0, ledger.messages.length, ...others, ...messages)
      }),
    tell: (held, messages) =>
      holding('telling of progress', held, async (client, ledger) => {
        const { id } = held.operation
        // Whoever ended it meanwhile, as before it began, has said so: nothing of progress comes after that.
        const { rowCount } = await client.query(
          'SELECT FROM operation WHERE id = $1 AND settled_at IS NULL',
          [id],
        )
        if (rowCount !== 1) return
        if (messages.length > 0) return void ledger.messages.push(...messages)
        await client.query('UPDATE operation SET version = version WHERE id = $1', [id])
        ledger.messages.push(...(await cardMessages(client, settings, await theOperation(client, id), false)))
      }),
    due: (limit) => dueByTime(options, limit),
    follow: (cause, what) => follow(options, cause, what),
    stays: (operation) => stays(options, operation),
    onWaiting: (wake) => listener.on('bakery_operation', wake),
  }
}

async function claim(pool: Pool, leaseSeconds: number): Promise<Claim | null> {
  const before = performance.now()
  const { rows } = await single<{ id: string }>(pool, 'claiming an operation', CLAIM, [leaseSeconds])
  const [taken] = rows
  return taken === undefined ? null : claimed(pool, taken.id, before + leaseSeconds * 1000)
}

/** Counted from before the question, so that it ends before the database says so. */
async function renew(pool: Pool, held: Claim, leaseSeconds: number): Promise<Claim | null> {
  const before = performance.now()
  const { rowCount } = await single(
    pool,
    'renewing a claim',
    `UPDATE operation SET lease_until = clock_timestamp() + make_interval(secs => $3) WHERE ${OURS}`,
    [held.operation.id, held.fence, leaseSeconds],
  )
  if (rowCount !== 1) return null
  const fresh = await claimed(pool, held.operation.id, before + leaseSeconds * 1000)
  return fresh.fence === held.fence ? fresh : null
}

async function claimed(pool: Pool, id: string, until: number): Promise<Claim> {
  const { rows } = await single<{ whole: Operation }>(
    pool,
    'reading a claimed operation',
    'SELECT whole FROM operation_whole WHERE id = $1',
    [id],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`the operation ${id} is not there`)
  return { operation: row.whole, fence: row.whole.fence, until }
}

/** One statement that is its own transaction. */
async function single<Row extends object>(
  pool: Pool,
  operation: string,
  sql: string,
  values: readonly unknown[],
) {
  try {
    return await pool.query<Row>({ name: operation, text: sql, values: [...values] })
  } catch (thrown) {
    throw storeFault(operation, thrown)
  }
}

/** The audit row of a step: its object, what became of it, and under which claim. */
async function noteStep(client: PoolClient, ledger: Ledger, held: Claim, n: number): Promise<void> {
  const { whole } = await theOperation(client, held.operation.id)
  const step = whole.steps.find((one) => one.n === n)
  if (step === undefined) throw new Error(`the operation has no step ${n}`)
  const { kind, name } = step.step.ref
  ledger.operation = whole.id
  ledger.entries.push(
    operationEntry('step', whole, bakeryFor(whole), {
      ...{ decision: step.state, code: null, target: `${kind}/${name}` },
      payload: {
        ...{ n, kind: step.step.kind, fence: held.fence, auditIds: step.auditIds, says: step.says },
        ...(step.state === 'intent' ? { before: step.before } : {}),
      },
    }),
  )
}
