import type { PoolClient } from 'pg'
import type { Binding, Grant, MirroredChannel, MirroredUser } from '../core/access.ts'
import type { Answer } from '../core/answer.ts'
import { UserError } from '../core/errors.ts'
import type { Desk } from '../core/ports/desk.ts'
import type { Destination } from '../core/ports/records.ts'
import { forPeople } from './desk-faults.ts'
import { createOperationDesk } from './operations-desk.ts'
import type { Doer, Ledger } from './operations-ledger.ts'
import type { OperationSettings } from './operations-rows.ts'

export interface DeskOptions {
  /** Inside a transaction. */
  readonly client: PoolClient
  /** Several Slack ids can be one person. */
  readonly personOf: (user: string) => string
  readonly operations: OperationSettings
  /** Messages and audit rows of operations: written when the transaction ends. */
  readonly ledger: Ledger
  readonly request: Pick<Doer, 'surface' | 'ref'>
}

const GRANT = `id, user_id AS "user", group_id AS "group", channel, role, audit_moment(until) AS until,
  granted_by AS "grantedBy", audit_moment(granted_at) AS "grantedAt"`
const IN_FORCE = '(until IS NULL OR until > clock_timestamp())'
const SUBJECT = `user_id IS NOT DISTINCT FROM $1 AND group_id IS NOT DISTINCT FROM $2
  AND channel IS NOT DISTINCT FROM $3`

type Subject = Parameters<Desk['revoke']>[0]

/** Bakery's own records inside one transaction. The rules that must hold whoever writes are in SQL (0002_access.sql). */
export function createDesk({ client, personOf, operations, ledger, request }: DeskOptions): Desk {
  let turn: Promise<unknown> | null = null
  /** One desk at a time: what it reads stays true until it commits. And one statement at a time, in their order. */
  const query = async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
    turn ??= client.query('SELECT access_lock()')
    const asked = turn.then(() => client.query<Row>(sql, [...values]))
    turn = asked.catch(() => {})
    const { rows } = await asked.catch(forPeople)
    return rows
  }
  return {
    operations: createOperationDesk({ client, settings: operations, ledger, request }),
    grants: () => query<Grant>(`SELECT ${GRANT} FROM role_grant WHERE ${IN_FORCE} ORDER BY granted_at, id`),
    async binding(channel) {
      const rows = await query<Binding>('SELECT * FROM channel_binding WHERE channel = $1', [channel])
      return rows[0] ?? null
    },
    people: async (subject) =>
      (await behind(query, subject)).map((user) => ({ ...user, person: personOf(user.user) })),
    async handle(group) {
      const rows = await query<{ handle: string }>('SELECT handle FROM slack_group WHERE group_id = $1', [
        group,
      ])
      return rows[0]?.handle || null
    },
    async channel(channel) {
      const rows = await query<MirroredChannel>(
        'SELECT channel, name, shared, archived FROM slack_channel WHERE channel = $1',
        [channel],
      )
      return rows[0] ?? null
    },
    async grant({ user, group, channel, role, seconds, grantedBy }) {
      const rows = await query<Grant>(
        `INSERT INTO role_grant (user_id, group_id, channel, role, until, granted_by)
         VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5), $6)
         ON CONFLICT ON CONSTRAINT grant_once DO UPDATE SET role = EXCLUDED.role, until = EXCLUDED.until,
           granted_by = EXCLUDED.granted_by, granted_at = EXCLUDED.granted_at
         RETURNING ${GRANT}`,
        [user, group, channel, role, seconds, grantedBy],
      )
      return the(rows)
    },
    async revoke({ user, group, channel }: Subject) {
      const taken = await query<Grant & { inForce: boolean }>(
        `DELETE FROM role_grant WHERE ${SUBJECT} RETURNING ${GRANT}, ${IN_FORCE} AS "inForce"`,
        [user, group, channel],
      )
      return taken.filter(({ inForce }) => inForce).map(({ inForce: _, ...grant }) => grant)
    },
    async bind({ channel, families, environment }) {
      const rows = await query<Binding>(
        `INSERT INTO channel_binding VALUES ($1, $2, $3)
         ON CONFLICT (channel) DO UPDATE SET families = EXCLUDED.families, environment = EXCLUDED.environment
         RETURNING *`,
        [channel, families, environment],
      )
      return the(rows)
    },
    async unbind(channel) {
      const gone = await query('DELETE FROM channel_binding WHERE channel = $1 RETURNING channel', [channel])
      return gone.length > 0
    },
    async pauseJob(job, paused, by) {
      await query(
        `INSERT INTO job (name, paused, paused_by, paused_at) VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT (name) DO UPDATE SET paused = EXCLUDED.paused, paused_by = EXCLUDED.paused_by,
           paused_at = EXCLUDED.paused_at`,
        [job, paused, paused ? by : null],
      )
    },
    share: (message, by) => share(query, message, by),
    async requestJob(job, by) {
      await query('INSERT INTO job_request (job, requested_by) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        job,
        by,
      ])
    },
  }
}

type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

async function behind(query: Query, { user, group }: { user: string | null; group: string | null }) {
  return query<Pick<MirroredUser, 'user' | 'name' | 'kind'>>(
    `SELECT id AS "user", coalesce(name, id) AS name, coalesce(kind, 'unknown') AS kind
     FROM (SELECT $1::text AS id WHERE $1 IS NOT NULL
           UNION SELECT unnest(members) FROM slack_group WHERE group_id = $2) subject
     LEFT JOIN slack_user ON user_id = id ORDER BY id`,
    [user, group],
  )
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function share(query: Query, message: string, by: string): Promise<Answer> {
  const rows = UUID.test(message)
    ? await query<{ answer: Answer | null; destination: Destination; sharedBy: string | null }>(
        `SELECT answer, destination, shared_by AS "sharedBy" FROM outbox WHERE id = $1 FOR UPDATE`,
        [message],
      )
    : []
  const [found] = rows
  if (!found?.answer) {
    throw new UserError('EXPIRED', 'That message is not kept any more, so it cannot be shared. Ask again.')
  }
  if (!('user' in found.destination) || found.destination.user !== by) {
    throw new UserError('NO_ROLE', 'Only the person whom a message went to can share it.')
  }
  if (found.sharedBy !== null) {
    throw new UserError('ALREADY_DECIDED', 'That message has been shared already.')
  }
  await query('UPDATE outbox SET shared_by = $2 WHERE id = $1', [message, by])
  await query(
    `UPDATE offer SET used_by = $2, used_at = clock_timestamp() WHERE message = $1 AND action = 'share'`,
    [message, by],
  )
  return { ...found.answer, audience: 'channel' }
}

function the<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (!row) throw new Error('a statement that returns its row returned none')
  return row
}
