import type { Pool } from 'pg'
import { storeFault } from './faults.ts'

/** How long things are kept, in hours. */
export interface Keep {
  /** Replay keys: far longer than Slack's timestamps are accepted (5 minutes). */
  readonly replay: number
  readonly requests: number
  /** Settled messages, with what their buttons stand for. */
  readonly messages: number
  readonly runs: number
  /** Content beside the audit rows; at least 30 days. The rows themselves stay. */
  readonly payloads: number
}

const DAY = 24
export const KEEP: Keep = {
  replay: DAY,
  requests: 7 * DAY,
  messages: 30 * DAY,
  runs: 90 * DAY,
  payloads: 90 * DAY,
}

/** In portions, so that no lock is held for long. $1 is the age, $2 the portion. */
const BEFORE = 'clock_timestamp() - make_interval(hours => $1)'
const portion = (table: string, key: string, condition: string) =>
  `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT $2)`

const SWEEPS: readonly { readonly what: keyof Keep; readonly statement: string }[] = [
  { what: 'replay', statement: portion('replay', 'key', `at < ${BEFORE}`) },
  { what: 'requests', statement: portion('request', 'id', `state = 'finished' AND finished_at < ${BEFORE}`) },
  {
    what: 'messages',
    statement: portion('offer', 'id', `message IN (SELECT id FROM outbox WHERE settled_at < ${BEFORE})`),
  },
  { what: 'messages', statement: portion('outbox', 'id', `settled_at < ${BEFORE}`) },
  {
    what: 'runs',
    statement: `DELETE FROM job_run WHERE (job, scheduled_for) IN (
      SELECT job, scheduled_for FROM job_run WHERE outcome <> 'running' AND finished_at < ${BEFORE} LIMIT $2)`,
  },
]
const PORTION = 5000

/** Removes what has been kept long enough; returns how many rows of what. Idempotent, and safe in several processes. */
export async function sweep(pool: Pool, keep: Keep = KEEP): Promise<Readonly<Record<keyof Keep, number>>> {
  const removed = { replay: 0, requests: 0, messages: 0, runs: 0, payloads: 0 }
  try {
    for (const { what, statement } of SWEEPS) {
      let gone: number
      do {
        gone = (await pool.query(statement, [keep[what], PORTION])).rowCount ?? 0
        removed[what] += gone
      } while (gone === PORTION)
    }
    await pool.query(`DELETE FROM process WHERE lease_until < clock_timestamp() - interval '1 day'`)
    const pruned = await pool.query<{ count: string }>(
      `SELECT audit_prune(clock_timestamp()
      - make_interval(hours => $1)) AS count`,
      [keep.payloads],
    )
    removed.payloads = Number(pruned.rows[0]?.count ?? 0)
    return removed
  } catch (thrown) {
    throw storeFault('removing what was kept long enough', thrown)
  }
}
