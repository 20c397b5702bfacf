import type { PoolClient } from 'pg'
import type { Override } from '../core/operation.ts'
import type { Due } from '../core/ports/operations.ts'
import { PRIORITIES } from '../core/ports/records.ts'
import type { Ledger } from './operations-ledger.ts'
import { type OperationSettings, OVERRIDE, readOverrides } from './operations-rows.ts'

/** What was taken out of git's care, as time goes by: its end comes near, comes, or came and could not be brought about. */

/** A quarter of its time before it ends, and at most half an hour. */
export async function remind(
  client: PoolClient,
  { voice }: OperationSettings,
  ledger: Ledger,
  limit: number,
): Promise<Due[]> {
  const { rows } = await client.query<Override>(
    `UPDATE operation_override SET reminded_at = clock_timestamp() WHERE id IN (
       SELECT id FROM operation_override
       WHERE ended_at IS NULL AND reminded_at IS NULL AND resumed_by IS NULL
         AND clock_timestamp() >= until - least((until - began_at) / 4, interval '30 minutes')
       ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING ${OVERRIDE}`,
    [limit],
  )
  for (const override of rows) {
    ledger.messages.push({
      key: `override:${override.id}:reminder`,
      destination: { to: 'person', user: override.owner },
      priority: PRIORITIES.notice,
      answer: voice.reminder(override),
    })
  }
  return rows.map((override) => ({ kind: 'remind', override }))
}

/** At the first failure, and once a day as long as it cannot be given back: whoever owns it, and the channel. */
export async function tellStuck(
  client: PoolClient,
  { voice }: OperationSettings,
  ledger: Ledger,
  limit: number,
): Promise<Due[]> {
  const { rows } = await client.query<Override>(
    `UPDATE operation_override SET told_at = clock_timestamp() WHERE id IN (
       SELECT id FROM operation_override
       WHERE ended_at IS NULL AND failures > 0 AND resumed_by IS NULL
         AND (told_at IS NULL OR told_at <= clock_timestamp() - interval '1 day')
       ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING ${OVERRIDE}`,
    [limit],
  )
  for (const override of rows) {
    const { id, owner, channel, failure } = override
    const key = `override:${id}:stuck:${failure?.times}`
    const priority = PRIORITIES.notice
    ledger.messages.push(
      {
        key: `${key}:${owner}`,
        destination: { to: 'person', user: owner },
        priority,
        answer: voice.stuck(override, 'person'),
      },
      {
        key: `${key}:${channel}`,
        destination: { to: 'channel', channel },
        priority,
        answer: voice.stuck(override, 'channel'),
      },
    )
  }
  return rows.map((override) => ({ kind: 'stuck', override }))
}

export async function toResume(client: PoolClient, limit: number): Promise<Due[]> {
  const condition = `ended_at IS NULL AND resumed_by IS NULL AND until <= clock_timestamp()
    AND next_at <= clock_timestamp()`
  const overrides = await readOverrides(client, condition, [])
  return overrides.slice(0, limit).map((override) => ({ kind: 'resume', override }))
}
