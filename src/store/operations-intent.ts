import type { PoolClient } from 'pg'
import type { Operation, OperationStep } from '../core/operation.ts'
import type { Claim } from '../core/ports/operations.ts'
import { storableJson } from './canonical.ts'
import type { OperationEngineOptions } from './operations-engine.ts'
import { bakeryFor, flush, type Ledger, newLedger, noteState, operationEntry } from './operations-ledger.ts'
import { OPERATION_ROW, type OperationRow, theOperation } from './operations-rows.ts'
import { inTransaction } from './transaction.ts'

type Options = Pick<OperationEngineOptions, 'pool' | 'settings' | 'onMessages'>

interface Intent {
  readonly n: number
  readonly before: OperationStep['before']
}

/** What is about to be sent, committed before it is; false when the claim is not ours any more. */
export async function intend({ pool }: Options, held: Claim, { n, before }: Intent): Promise<boolean> {
  return inTransaction(pool, 'writing down an intent', async (client) => {
    const row = await rowOf(client, 'operation_intend', [held.operation.id, held.fence, n, json(before)])
    if (row === null) return false
    const ledger = newLedger()
    noteStep(ledger, row.whole, held, n)
    await flush(client, ledger, row.whole.ref)
    return true
  })
}

/** The first intent of an operation, and that it runs, in one commit (`OperationEngine.begin`). */
export async function begin(
  { pool, settings, onMessages }: Options,
  held: Claim,
  { n, before, asOf }: Intent & { readonly asOf: bigint },
): Promise<'begun' | 'outdated' | 'lost'> {
  let said = false
  const begun = await inTransaction(pool, 'beginning an operation', async (client) => {
    const values = [held.operation.id, held.fence, n, json(before), asOf.toString()]
    const row = await rowOf(client, 'operation_begin', values)
    if (row === null) return 'lost'
    if (row.whole.state === 'approved') return 'outdated'
    const ledger = newLedger()
    noteState(settings, ledger, row, { by: bakeryFor(row.whole) })
    noteStep(ledger, row.whole, held, n)
    said = await flush(client, ledger, row.whole.ref)
    return 'begun'
  })
  if (said) onMessages()
  return begun
}

/** What a function of the database says of the operation afterwards; null: the claim is over. */
async function rowOf(
  client: PoolClient,
  name: 'operation_intend' | 'operation_begin',
  values: readonly unknown[],
): Promise<OperationRow | null> {
  const places = values.map((_, index) => `$${index + 1}`).join(', ')
  const text = `SELECT ${OPERATION_ROW} FROM ${name}(${places})`
  const { rows } = await client.query<OperationRow>({ name, text, values: [...values] })
  return rows[0] ?? null
}

function json(before: OperationStep['before']): string | null {
  return before === null ? null : storableJson(before)
}

/** The audit row of a step: its object, what became of it, and under which claim. */
export function noteStep(ledger: Ledger, whole: Operation, held: Claim, n: number): void {
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

/**
 * What an operation that ends early has not begun: in the commit that ends it, because a worker that is lost between the two
 * would leave an operation with nothing left to do, which is one that has succeeded.
 */
export async function skipTheRest(client: PoolClient, ledger: Ledger, held: Claim): Promise<void> {
  const { id } = held.operation
  const { rows } = await client.query<{ n: number }>(
    `UPDATE operation_step s SET state = 'skipped', says = 'not begun', settled_at = clock_timestamp()
     FROM operation o WHERE o.id = $1 AND o.state <> 'approved' AND s.operation = o.id AND s.state = 'pending'
     RETURNING s.n`,
    [id],
  )
  if (rows.length === 0) return
  const { whole } = await theOperation(client, id)
  for (const n of rows.map((row) => row.n).sort((a, b) => a - b)) noteStep(ledger, whole, held, n)
}
