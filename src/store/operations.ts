import type { Pool } from 'pg'
import type { Operation } from '../core/operation.ts'
import type { OperationReader } from '../core/ports/operations.ts'
import { storeFault } from './faults.ts'
import { readFreezes, readOperation, readOverrides } from './operations-rows.ts'

/** Operations for whoever asks: one statement each, so that what is read belongs together. */
export function createOperationReader(pool: Pool): OperationReader {
  const asking = <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((thrown) => {
      throw storeFault('reading operations', thrown)
    })
  return {
    find: (id) => asking(readOperation(pool, id)).then((row) => row?.whole ?? null),
    list: (filter) => asking(list(pool, filter)),
    freezes: () => asking(readFreezes(pool)),
    overrides: () => asking(readOverrides(pool, 'ended_at IS NULL', [])),
  }
}

type Filter = Parameters<OperationReader['list']>[0]

/** Newest first. */
async function list(
  pool: Pool,
  { states, target, person, channel, unreviewed, limit }: Filter,
): Promise<readonly Operation[]> {
  const { rows } = await pool.query<{ whole: Operation }>(
    `SELECT whole FROM operation_whole
     WHERE ($1::text[] IS NULL OR state = ANY ($1)) AND ($2::text IS NULL OR target = $2)
       AND ($3::text IS NULL OR person = $3) AND ($4::text IS NULL OR channel = $4)
       AND ($5::boolean IS NULL OR (break_glass IS NOT NULL AND reviewed_by IS NULL))
     ORDER BY created_at DESC, id LIMIT $6`,
    [states ?? null, target ?? null, person ?? null, channel ?? null, unreviewed ?? null, limit],
  )
  return rows.map(({ whole }) => whole)
}
