import { randomBytes } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { Freeze, Operation, Override } from '../core/operation.ts'
import type { OperationVoice } from '../core/ports/operations.ts'

/** Operations as Postgres has them (migrations/0006_operations.sql), and how they are asked for. */

export type Db = Pick<Pool | PoolClient, 'query'>

/** What the store has to know about operations that is not in the database. */
export interface OperationSettings {
  readonly voice: OperationVoice
  /** How long an operation can be confirmed, approved and begun. */
  readonly expireMinutes: number
  /** Is told when somebody does without a second person. */
  readonly securityChannel: string
}

export interface OperationRow {
  readonly whole: Operation
  /** Its time is over, by the clock of the database. */
  readonly over: boolean
  /** Counts whenever the row is written. */
  readonly version: number
  /** Slack id → what the requester and those who decided are called. */
  readonly names: Readonly<Record<string, string>>
}

/** An `OperationRow` out of a function that answers with `operation_named` (migrations/0010_round_trips.sql). */
export const OPERATION_ROW = 'whole, over, version, names'

export const OVERRIDE = `id, operation, says, target, owner, channel, audit_moment(until) AS until, steps,
  audit_moment(reminded_at) AS "remindedAt", resumed_by AS "resumedBy", audit_moment(ended_at) AS "endedAt",
  CASE WHEN failures > 0 THEN json_build_object('times', failures, 'operation', failed_by, 'nextAt', audit_moment(next_at),
    'says', (SELECT coalesce(failed.outcome, failed.state) FROM operation failed WHERE failed.id = failed_by)) END AS failure`
export const FREEZE = `id, target, audit_moment(until) AS until, reason, set_by AS "by", audit_moment(set_at) AS at`
export const FREEZE_IN_FORCE = 'ended_at IS NULL AND (until IS NULL OR until > clock_timestamp())'

/** Read several times on the way of each change: planned once a connection. */
const READ = { name: 'operation', text: `SELECT ${OPERATION_ROW} FROM operation_read($1)` }

export async function readOperation(db: Db, id: string): Promise<OperationRow | null> {
  const { rows } = await db.query<OperationRow>({ ...READ, values: [id] })
  return rows[0] ?? null
}

/** Throws when it is not there: for rows that this transaction has just written. */
export async function theOperation(db: Db, id: string): Promise<OperationRow> {
  const row = await readOperation(db, id)
  if (row === null) throw new Error(`the operation ${id} is not there`)
  return row
}

export async function readOverrides(
  db: Db,
  condition: string,
  values: readonly unknown[],
): Promise<readonly Override[]> {
  const { rows } = await db.query<Override>(
    `SELECT ${OVERRIDE} FROM operation_override WHERE ${condition} ORDER BY operation_override.until, id`,
    [...values],
  )
  return rows
}

export async function readFreezes(db: Db): Promise<readonly Freeze[]> {
  const text = `SELECT ${FREEZE} FROM change_freeze WHERE ${FREEZE_IN_FORCE} ORDER BY set_at, id`
  const { rows } = await db.query<Freeze>({ name: 'freezes', text })
  return rows
}

/** What people are called, as the mirror has it. */
export async function namesOf(db: Db, users: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ user_id: string; name: string }>(
    'SELECT user_id, name FROM slack_user WHERE user_id = ANY ($1)',
    [users],
  )
  return new Map(rows.map(({ user_id, name }) => [user_id, name]))
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 10

/** Ten of 0-9 and a-z: 51 random bits. */
export function newOperationId(): string {
  let id = ''
  while (id.length < ID_LENGTH) {
    // 252 is the largest multiple of 36 that fits into a byte: each letter is as likely as the others.
    for (const byte of randomBytes(ID_LENGTH)) {
      if (byte < 252 && id.length < ID_LENGTH) id += ALPHABET.charAt(byte % 36)
    }
  }
  return id
}
