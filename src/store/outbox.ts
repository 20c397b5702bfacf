import type { Pool } from 'pg'
import type { Outbox } from '../core/ports/outbox.ts'
import { storable } from './canonical.ts'
import { storeFault } from './faults.ts'
import type { Listener } from './listener.ts'
import { type ClaimedRow, outboxItem } from './outbox-item.ts'

export interface OutboxOptions {
  readonly pool: Pool
  readonly listener: Pick<Listener, 'on'>
  /** Of this process, as in its lease. */
  readonly owner: string
  /** How long a claimed message is this process's; after that its outcome counts as not seen. */
  readonly leaseSeconds: number
}

export interface OutboxStore extends Outbox {
  /** Something new waits: called in the process that committed it, so that it leaves without waiting for a notification. */
  wake(): void
}

/** Slack allows about one message a second and channel. */
const SPACING_MS = 1000

/** Its columns by name: a prepared statement must not change what it gives when a release adds one. */
const CLAIM = `
  SELECT c.id, c.kind, c.text, c.blocks, c.files, c.destination, c.attempts, c.unknown_since, c.created_at, c.root,
         root.destination AS "rootDestination", root.channel AS "rootChannel", root.ts AS "rootTs",
         target.destination AS "targetDestination", target.channel AS "targetChannel", target.ts AS "targetTs"
  FROM outbox_claim($1, $2, make_interval(secs => $3), make_interval(secs => $4 / 1000.0)) c
  LEFT JOIN outbox root ON root.id = c.root
  LEFT JOIN outbox target ON target.id = c.update_of
  ORDER BY c.priority, c.seq`

const NEXT = `
  SELECT (extract(epoch FROM
           min(greatest(d.due_at, c.next_at, everything.next_at)) - clock_timestamp()) * 1000)::float8 AS ms
  FROM outbox_due d JOIN outbox_channel c USING (bucket), outbox_channel everything
  WHERE everything.bucket = '*'`

/** Not by this process any more when its lease ended and another took it. */
const MINE = `id = $1 AND state = 'claimed' AND claimed_by = $2`
const LATER = `state = 'waiting', not_before = clock_timestamp() + make_interval(secs => $3 / 1000.0), reason = $4`

/** Messages on their way to Slack (the rules of order and pace are in migrations/0003_outbox.sql). */
export function createOutbox({ pool, listener, owner, leaseSeconds }: OutboxOptions): OutboxStore {
  const callbacks = new Set<() => void>()
  const wake = () => {
    for (const callback of callbacks) callback()
  }
  listener.on('bakery_outbox', wake)
  const query = async <Row extends object>(operation: string, text: string, values: readonly unknown[]) => {
    try {
      // Named, so that each connection plans it once.
      return (await pool.query<Row>({ name: operation, text, values: [...values] })).rows
    } catch (thrown) {
      throw storeFault(operation, thrown)
    }
  }
  const fail = (id: string, reason: string) =>
    query(
      'giving up a message',
      `UPDATE outbox SET state = 'failed', reason = $2, settled_at = clock_timestamp()
       WHERE id = $1 OR ((root = $1 OR update_of = $1) AND state IN ('waiting', 'claimed'))`,
      [id, storable(reason)],
    )

  return {
    wake,
    async claim(limit) {
      const rows = await query<ClaimedRow>('claiming messages', CLAIM, [
        limit,
        owner,
        leaseSeconds,
        SPACING_MS,
      ])
      const items = []
      for (const row of rows) {
        const item = outboxItem(row)
        if (item) items.push(item)
        else await fail(row.id, 'the message that it updates has no place in Slack')
      }
      return items
    },
    async sent(id, { channel, ts }) {
      await query(
        'keeping that a message was sent',
        `UPDATE outbox SET state = 'sent', channel = $2, ts = $3, reason = NULL, settled_at = clock_timestamp()
         WHERE id = $1 AND state <> 'sent'`,
        [id, channel, ts],
      )
      wake()
    },
    async again(id, afterMs, reason) {
      await query('putting a message back', `UPDATE outbox SET ${LATER} WHERE ${MINE}`, [
        ...[id, owner, afterMs, storable(reason)],
      ])
    },
    async unknown(id, afterMs, reason) {
      await query(
        'putting back a message that was perhaps sent',
        `UPDATE outbox SET ${LATER}, unknown_since = coalesce(unknown_since, claimed_at) WHERE ${MINE}`,
        [id, owner, afterMs, storable(reason)],
      )
    },
    async redirect(id, user) {
      await query(
        'redirecting a message',
        `WITH moved AS (UPDATE outbox SET destination = json_build_object('to', 'person', 'user', $2::text),
             bucket = '@' || $2, state = 'waiting', not_before = clock_timestamp() WHERE id = $1),
           thread AS (UPDATE outbox SET bucket = '@' || $2 WHERE root = $1 AND state IN ('waiting', 'claimed'))
         INSERT INTO outbox_channel (bucket) VALUES ('@' || $2) ON CONFLICT DO NOTHING`,
        [id, user],
      )
      wake()
    },
    async failed(id, reason) {
      await fail(id, reason)
    },
    async pause(channel, forMs) {
      await query(
        'pausing messages',
        `WITH known AS (INSERT INTO outbox_channel (bucket) VALUES (coalesce($1, '*')) ON CONFLICT DO NOTHING)
         INSERT INTO outbox_channel (bucket, next_at)
           SELECT bucket, clock_timestamp() + make_interval(secs => $2 / 1000.0) FROM (
             SELECT coalesce($1, '*') AS bucket
             UNION SELECT bucket FROM outbox_channel WHERE starts_with(bucket, $1 || '/')) paused
         ON CONFLICT (bucket) DO UPDATE SET next_at = greatest(outbox_channel.next_at, EXCLUDED.next_at)`,
        [channel, forMs],
      )
    },
    async nextInMs() {
      const rows = await query<{ ms: number | null }>('looking what waits', NEXT, [])
      const ms = rows[0]?.ms ?? null
      return ms === null ? null : Math.max(0, ms)
    },
    onWaiting(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
  }
}
