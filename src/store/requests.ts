import type { Pool } from 'pg'
import type { Decision } from '../core/access.ts'
import type { Actor, Surface } from '../core/ask.ts'
import type { RecordedRequest, RequestWork } from '../core/ports/records.ts'
import { storeFault } from './faults.ts'

interface RequestRow {
  readonly id: string
  readonly ref: string
  readonly at: Date
  readonly surface: Surface
  readonly actor: Actor
  readonly channel: string | null
  readonly command: string | null
  readonly decision: Decision
  readonly work: RequestWork
}

const ABANDONED = `
  UPDATE request SET owner = $1 WHERE id IN (
    SELECT id FROM request
    WHERE state = 'received' AND (id = ANY ($3) OR (owner <> $1 AND NOT process_lives(owner)))
    ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING id, ref, at, surface, channel,
    json_build_object('team', team, 'user', user_id, 'person', person, 'kind', user_kind) AS actor,
    command, decision, work`

/** Takes over requests whose process is gone, oldest first, and those in `also` that are this process's own. */
export async function claimAbandoned(
  pool: Pool,
  { owner, limit, also }: { owner: string; limit: number; also: readonly string[] },
): Promise<readonly RecordedRequest[]> {
  try {
    const { rows } = await pool.query<RequestRow>(ABANDONED, [owner, limit, also])
    return rows.sort((a, b) => a.at.getTime() - b.at.getTime())
  } catch (thrown) {
    throw storeFault('looking for abandoned requests', thrown)
  }
}

/** Whether a request has ended; false when that cannot be known now. */
export async function isFinished(pool: Pool, id: string): Promise<boolean> {
  const asked = await pool
    .query<{ state: string }>('SELECT state FROM request WHERE id = $1', [id])
    .catch(() => null)
  return asked?.rows[0]?.state === 'finished'
}
