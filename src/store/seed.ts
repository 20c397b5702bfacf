import type { Pool } from 'pg'
import type { Family, Role } from '../core/roles.ts'
import { storableJson } from './canonical.ts'
import { ownEntry } from './entries.ts'
import { newReference } from './reference.ts'
import { inTransaction } from './transaction.ts'

/** What platform.yaml puts into an empty database, with Slack ids resolved. */
export interface Seeds {
  readonly owners: readonly string[]
  readonly grants: readonly {
    readonly user: string | null
    readonly group: string | null
    readonly channel: string
    /** An owner is one everywhere, whatever the channel. */
    readonly role: Role
  }[]
  readonly bindings: readonly {
    readonly channel: string
    readonly families: readonly Family[]
    readonly environment: string
  }[]
}

/** Who granted what was seeded. */
export const SEEDED_BY = 'platform.yaml'

/**
 * Puts in the owners, grants and bindings, once per database and with an audit row each; after that the database rules,
 * whatever the file says. Returns whether this call did it: of several processes, one does.
 */
export async function seedOnce(pool: Pool, seeds: Seeds): Promise<boolean> {
  return inTransaction(pool, 'seeding the access records', async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO seed (name) VALUES ('platform') ON CONFLICT (name) DO NOTHING`,
    )
    if (rowCount !== 1) return false
    await client.query('SELECT access_lock()')
    const owners = seeds.owners.map((user) => ({ user, group: null, channel: null, role: 'owner' as const }))
    const grants = [
      ...owners,
      ...seeds.grants.map((grant) => ({ ...grant, channel: grant.role === 'owner' ? null : grant.channel })),
    ]
    for (const { user, group, channel, role } of grants) {
      await client.query(
        `INSERT INTO role_grant (user_id, group_id, channel, role, granted_by) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT ON CONSTRAINT grant_once DO UPDATE SET role = EXCLUDED.role`,
        [user, group, channel, role, SEEDED_BY],
      )
    }
    for (const { channel, families, environment } of seeds.bindings) {
      await client.query(
        `INSERT INTO channel_binding VALUES ($1, $2, $3) ON CONFLICT (channel) DO UPDATE
           SET families = EXCLUDED.families, environment = EXCLUDED.environment`,
        [channel, families, environment],
      )
    }
    await client.query('SELECT audit_append($1)', [storableJson(entries(grants, seeds.bindings))])
    return true
  })
}

function entries(
  grants: readonly { user: string | null; group: string | null; channel: string | null; role: Role }[],
  bindings: Seeds['bindings'],
) {
  const ref = newReference()
  const row = { kind: 'seed', command: null, code: null, decision: 'done', ref }
  return [
    ...grants.map(({ user, group, channel, role }) =>
      ownEntry({ ...row, channel, target: user ?? group, payload: { role } }),
    ),
    ...bindings.map(({ channel, families, environment }) =>
      ownEntry({ ...row, channel, target: channel, payload: { families, environment } }),
    ),
  ]
}
