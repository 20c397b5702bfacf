import type { Pool, PoolClient } from 'pg'
import { storeFault } from './faults.ts'

/**
 * Locks. Every transaction takes them in this order, so that no two can wait for each other:
 *   1. the request, or the job's run (several: by id)
 *   2. access_version, by `access_lock()`: whoever changes grants, bindings, jobs and freezes; or shared, by `access_hold()`:
 *      whoever decides about an operation, or begins it
 *   3. operations (several: by id; never a second one after a lock of 4), then overrides
 *   4. operation_lock (by key), when an operation is approved
 *   5. outbox keys (several: by key), then outbox_channel (by bucket)
 *   6. audit_head, by `audit_append()`: the last statement before COMMIT, at which the states of operations are compared
 *      with their audit rows (reads only)
 *   7. the server's own lock of NOTIFY, taken by COMMIT itself
 * `receive` and `disown` take audit_head first. That is safe because they wait for nothing afterwards: `receive` only adds
 * rows under new ids and replay keys, which nobody adds without the head; `disown` skips a request that is locked.
 * Claims of the outbox, of abandoned requests, of runs and of operations skip what is locked and never take the head.
 */

/** Runs work in one transaction. Whatever it throws, nothing of it stays. */
export async function inTransaction<Result>(
  pool: Pool,
  operation: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((thrown) => {
    throw storeFault(operation, thrown)
  })
  let broken = false
  const onError = () => {
    broken = true
  }
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(client)
    const { command } = await client.query('COMMIT')
    // COMMIT after a failed statement is fulfilled, as ROLLBACK.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back')
    return result
  } catch (thrown) {
    await client.query('ROLLBACK').catch(onError)
    throw storeFault(operation, thrown)
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}
