import type { Pool } from 'pg'
import type { Mirror } from '../core/ports/mirror.ts'
import { storable } from './canonical.ts'
import { storeFault } from './faults.ts'

/** Slack's users, groups and channels as last seen. Only what differs gives a new version of the access records. */
export function createMirror(pool: Pool): Mirror {
  const query = async <Row extends object>(operation: string, sql: string, values: unknown[]) => {
    try {
      return (await pool.query<Row>(sql, values)).rows
    } catch (thrown) {
      throw storeFault(operation, thrown)
    }
  }
  return {
    async saveUser({ user, team, name, kind }) {
      await query(
        'saving a Slack user',
        `INSERT INTO slack_user (user_id, team, name, kind) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET team = EXCLUDED.team, name = EXCLUDED.name, kind = EXCLUDED.kind,
           seen_at = EXCLUDED.seen_at`,
        [user, team, storable(name), kind],
      )
    },
    async saveChannel({ channel, name, shared, archived }) {
      await query(
        'saving a Slack channel',
        `INSERT INTO slack_channel (channel, name, shared, archived) VALUES ($1, $2, $3, $4)
         ON CONFLICT (channel) DO UPDATE SET name = EXCLUDED.name, shared = EXCLUDED.shared,
           archived = EXCLUDED.archived, seen_at = EXCLUDED.seen_at`,
        [channel, storable(name), shared, archived],
      )
    },
    async saveGroup(group, handle, members) {
      await query(
        'saving a Slack user group',
        `INSERT INTO slack_group (group_id, handle, members) VALUES ($1, $2, $3)
         ON CONFLICT (group_id) DO UPDATE SET handle = EXCLUDED.handle, members = EXCLUDED.members`,
        [group, storable(handle), [...new Set(members)].sort()],
      )
    },
    async staleUsers(olderThanSeconds, limit) {
      const rows = await query<{ id: string }>(
        'looking for users to see again',
        `SELECT user_id AS id FROM slack_user WHERE seen_at < clock_timestamp() - make_interval(secs => $1)
         ORDER BY seen_at LIMIT $2`,
        [olderThanSeconds, limit],
      )
      return rows.map(({ id }) => id)
    },
    async staleChannels(olderThanSeconds, limit) {
      const rows = await query<{ id: string }>(
        'looking for channels to see again',
        `SELECT channel AS id FROM slack_channel WHERE seen_at < clock_timestamp() - make_interval(secs => $1)
         ORDER BY seen_at LIMIT $2`,
        [olderThanSeconds, limit],
      )
      return rows.map(({ id }) => id)
    },
  }
}
