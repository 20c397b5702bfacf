import type { Pool, PoolClient } from 'pg'
import type { ClaimedRun, JobState, JobStore } from '../core/ports/jobs.ts'
import { storable, storableJson } from './canonical.ts'
import { ownEntry } from './entries.ts'
import { storeFault } from './faults.ts'
import { messageRows } from './messages.ts'
import { newReference } from './reference.ts'
import { inTransaction } from './transaction.ts'

export interface JobsOptions {
  readonly pool: Pool
  /** Of this process, as in its lease. */
  readonly owner: string
  /** Called after a commit that put messages into the outbox. */
  readonly onMessages: () => void
}

const RUN = `audit_moment(scheduled_for) AS "scheduledFor", audit_moment(started_at) AS "startedAt",
  audit_moment(finished_at) AS "finishedAt", outcome, by`

/** Adds a run, or takes over one whose process is gone. */
const CLAIM = `
  INSERT INTO job_run AS run (job, scheduled_for, by, ref, requested, owner)
  SELECT $1, $2, $3, $4, $5, $6 WHERE $5 OR NOT EXISTS (SELECT FROM job WHERE name = $1 AND paused)
  ON CONFLICT (job, scheduled_for) DO UPDATE SET owner = $6, started_at = clock_timestamp()
    WHERE run.outcome = 'running' AND run.owner <> $6 AND NOT process_lives(run.owner)
  RETURNING job, scheduled_for AS "scheduledFor", by, ref,
    (SELECT memory FROM job WHERE name = $1) AS memory`

type Run = NonNullable<JobState['last']>

/** What happens by the clock: every slot once, over any number of processes. */
export function createJobs({ pool, owner, onMessages }: JobsOptions): JobStore {
  const query = async <Row extends object>(
    operation: string,
    sql: string,
    values: readonly unknown[] = [],
  ) => {
    try {
      return (await pool.query<Row>(sql, [...values])).rows
    } catch (thrown) {
      throw storeFault(operation, thrown)
    }
  }
  return {
    async states() {
      const rows = await query<Omit<JobState, 'last'> & { last: Run | null }>(
        'reading the jobs',
        `SELECT name, coalesce(paused, false) AS paused, paused_by AS "pausedBy", to_json(last) AS last
         FROM (SELECT name FROM job UNION SELECT DISTINCT job FROM job_run) known
         LEFT JOIN job USING (name)
         LEFT JOIN LATERAL (SELECT ${RUN} FROM job_run WHERE job = name ORDER BY scheduled_for DESC LIMIT 1) last
           ON true ORDER BY name`,
      )
      return rows
    },
    runs: (since) =>
      query<Run & { name: string }>(
        'reading the runs of jobs',
        `SELECT job AS name, ${RUN} FROM job_run WHERE scheduled_for >= $1 ORDER BY scheduled_for DESC, job`,
        [since],
      ),
    async claim(job, scheduledFor, by) {
      const rows = await query<ClaimedRun>('claiming a run', CLAIM, [
        ...[job, scheduledFor, by, newReference(), false, owner],
      ])
      return rows[0] ?? null
    },
    async finish(run, outcome, messages) {
      await inTransaction(pool, 'ending a run', (client) => finish(client, owner, { run, outcome, messages }))
      if (messages.length > 0) onMessages()
    },
    takeRequested: (jobs) =>
      inTransaction(pool, 'looking for requested runs', (client) => takeRequested(client, owner, jobs)),
  }
}

type Ending = {
  readonly run: ClaimedRun
  readonly outcome: Parameters<JobStore['finish']>[1]
  readonly messages: Parameters<JobStore['finish']>[2]
}

/** Once, and only by the process that the run belongs to. */
async function finish(client: PoolClient, owner: string, { run, outcome, messages }: Ending): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE job_run SET outcome = $4, reason = $5, finished_at = clock_timestamp()
     WHERE job = $1 AND scheduled_for = $2 AND owner = $3 AND outcome = 'running'`,
    [run.job, run.scheduledFor, owner, outcome.outcome, outcome.reason && storable(outcome.reason)],
  )
  if (rowCount !== 1) return
  if (outcome.outcome === 'done') {
    await client.query(
      'INSERT INTO job (name, memory) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET memory = EXCLUDED.memory',
      [run.job, storableJson(outcome.memory ?? null)],
    )
  }
  const rows = await messageRows(client, messages, run.ref)
  if (rows.length > 0) await client.query('SELECT outbox_put($1)', [storableJson(rows)])
  const entry = ownEntry({
    ...{ kind: 'schedule', command: run.job, channel: null, target: null, code: null, ref: run.ref },
    decision: outcome.outcome,
    payload: { scheduledFor: run.scheduledFor, by: run.by, reason: outcome.reason },
  })
  await client.query('SELECT audit_append($1)', [storableJson([entry])])
}

/** New requests, and requested runs whose process died with them. */
async function takeRequested(
  client: PoolClient,
  owner: string,
  jobs: readonly string[],
): Promise<readonly ClaimedRun[]> {
  const asked = await client.query<{ job: string; at: Date; by: string }>(
    `DELETE FROM job_request WHERE (job, requested_at) IN (
       SELECT job, requested_at FROM job_request WHERE job = ANY ($1)
       ORDER BY requested_at, job FOR UPDATE SKIP LOCKED)
     RETURNING job, requested_at AS at, requested_by AS by`,
    [jobs],
  )
  const left = await client.query<{ job: string; at: Date; by: string }>(
    `SELECT job, scheduled_for AS at, by FROM job_run
     WHERE outcome = 'running' AND requested AND job = ANY ($1) AND NOT process_lives(owner) AND owner <> $2
     ORDER BY scheduled_for, job FOR UPDATE SKIP LOCKED`,
    [jobs, owner],
  )
  const runs: ClaimedRun[] = []
  for (const { job, at, by } of [...left.rows, ...asked.rows]) {
    const values = [job, at, by, newReference(), true, owner]
    runs.push(...(await client.query<ClaimedRun>(CLAIM, values)).rows)
  }
  return runs
}
