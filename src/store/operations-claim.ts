import type { Pool } from 'pg'
import type { Claim } from '../core/ports/operations.ts'
import { storeFault } from './faults.ts'
import type { OperationRow } from './operations-rows.ts'

/** Who works on an operation, and until when: a fence, and a lease by the clock of the database. One statement each. */

/** What a claim that is still ours looks like: `$1` is the operation, `$2` the fence. */
export const OURS = 'id = $1 AND fence = $2 AND lease_until > clock_timestamp()'

/** Times are counted from before the question, so that a lease ends here before the database says so. */
export async function claim(pool: Pool, leaseSeconds: number): Promise<Claim | null> {
  const before = performance.now()
  const { rows } = await single<Pick<OperationRow, 'whole'>>(
    pool,
    'claiming an operation',
    'SELECT whole FROM operation_claim($1)',
    [leaseSeconds],
  )
  const [taken] = rows
  if (taken === undefined) return null
  const { whole } = taken
  return { operation: whole, fence: whole.fence, until: before + leaseSeconds * 1000 }
}

export async function renew(pool: Pool, held: Claim, leaseSeconds: number): Promise<Claim | null> {
  const before = performance.now()
  const { rows } = await single<{ cancelRequested: boolean }>(
    pool,
    'renewing a claim',
    `UPDATE operation SET lease_until = clock_timestamp() + make_interval(secs => $3) WHERE ${OURS}
     RETURNING cancel_requested AS "cancelRequested"`,
    [held.operation.id, held.fence, leaseSeconds],
  )
  const [news] = rows
  if (news === undefined) return null
  return { ...held, operation: { ...held.operation, ...news }, until: before + leaseSeconds * 1000 }
}

export async function release(pool: Pool, { operation: { id }, fence }: Claim): Promise<boolean> {
  const { rowCount } = await single(
    pool,
    'giving up an operation',
    `UPDATE operation SET lease_until = NULL WHERE ${OURS}`,
    [id, fence],
  )
  return rowCount === 1
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
