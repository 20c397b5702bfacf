import type { Pool } from 'pg'
import type { AccessSnapshot, Binding, Grant, MirroredChannel, MirroredUser } from '../core/access.ts'
import { coerceError } from '../core/errors.ts'
import type { AccessReader } from '../core/ports/access.ts'
import { storeFault } from './faults.ts'
import type { Listener } from './listener.ts'
import type { StoreLog } from './pool.ts'

export interface AccessStore extends AccessReader {
  /** The records as last read: kept fresh by NOTIFY. Throws before the first `start()` has succeeded. */
  current(): AccessSnapshot
  /** Resolves when the records are at least of this version. */
  atLeast(version: bigint): Promise<void>
  /** Reads the records for the first time, and from then on whenever they change. Throws when they cannot be read. */
  start(): Promise<void>
  stop(): void
}

/** A notification can be lost with its connection: the version is looked at this often as well. */
const LOOK_AGAIN_MS = 10_000

export function createAccess(options: { pool: Pool; listener: Listener; log: StoreLog }): AccessStore {
  const { pool, listener, log } = options
  let latest: AccessSnapshot | null = null
  let loading: Promise<AccessSnapshot> | null = null
  let changed = false
  let timer: NodeJS.Timeout | undefined
  let silence: (() => void) | undefined

  /** One read at a time; a change that arrives meanwhile makes one more. */
  function load(): Promise<AccessSnapshot> {
    if (loading) {
      changed = true
      return loading
    }
    loading = repeat().finally(() => {
      loading = null
    })
    return loading
  }

  async function repeat(): Promise<AccessSnapshot> {
    do {
      changed = false
      latest = await readSnapshot(pool)
    } while (changed)
    return latest
  }

  function refresh(): void {
    load().catch((thrown) => {
      log.warn({ err: coerceError(thrown) }, 'the access records could not be read: the last ones stay')
    })
  }

  async function lookAgain(): Promise<void> {
    const { rows } = await pool.query<{ version: string }>('SELECT version FROM access_version')
    if (rows[0] && BigInt(rows[0].version) !== latest?.version) refresh()
  }

  return {
    snapshot: () => readSnapshot(pool),
    current() {
      if (!latest) throw new Error('the access records have not been read yet')
      return latest
    },
    async atLeast(version) {
      while (!latest || latest.version < version) await load()
    },
    async start() {
      silence?.()
      clearInterval(timer)
      silence = listener.on('bakery_access', refresh)
      timer = setInterval(() => {
        lookAgain().catch((thrown) =>
          log.warn({ err: coerceError(thrown) }, 'the access version is not known'),
        )
      }, LOOK_AGAIN_MS).unref()
      await load()
    },
    stop() {
      clearInterval(timer)
      silence?.()
    },
  }
}

interface SnapshotRow {
  readonly version: string
  readonly now: number
  readonly grants: Grant[]
  readonly bindings: Binding[]
  readonly users: MirroredUser[]
  readonly channels: MirroredChannel[]
  readonly groups: { group: string; handle: string; members: string[] }[]
}

/** One statement, so that everything is of one moment. Times as ISO 8601 in UTC. */
const SNAPSHOT = `
  SELECT version::text,
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
    (SELECT coalesce(json_agg(json_build_object('id', id, 'user', user_id, 'group', group_id, 'channel', channel,
        'role', role, 'until', audit_moment(until), 'grantedBy', granted_by, 'grantedAt', audit_moment(granted_at))
        ORDER BY granted_at, id), '[]') FROM role_grant) AS grants,
    (SELECT coalesce(json_agg(json_build_object('channel', channel, 'families', families,
        'environment', environment)), '[]') FROM channel_binding) AS bindings,
    (SELECT coalesce(json_agg(json_build_object('user', user_id, 'team', team, 'name', name, 'kind', kind,
        'seenAt', audit_moment(seen_at))), '[]') FROM slack_user) AS users,
    (SELECT coalesce(json_agg(json_build_object('channel', channel, 'name', name, 'shared', shared,
        'archived', archived)), '[]') FROM slack_channel) AS channels,
    (SELECT coalesce(json_agg(json_build_object('group', group_id, 'handle', handle, 'members', members)), '[]')
       FROM slack_group) AS groups
  FROM access_version`

async function readSnapshot(pool: Pool): Promise<AccessSnapshot> {
  const asked = performance.now()
  const { rows } = await pool.query<SnapshotRow>({ name: 'access', text: SNAPSHOT }).catch((thrown) => {
    throw storeFault('reading the access records', thrown)
  })
  const row = rows[0]
  if (!row) throw new Error('access_version is empty: run npm run migrate')
  // The clock was read somewhere between asking and now: half-way is wrong by half the round trip at most.
  const offset = row.now - (asked + performance.now()) / 2
  return {
    version: BigInt(row.version),
    grants: row.grants,
    bindings: new Map(row.bindings.map((binding) => [binding.channel, binding])),
    users: new Map(row.users.map((user) => [user.user, user])),
    channels: new Map(row.channels.map((channel) => [channel.channel, channel])),
    groups: new Map(row.groups.map(({ group, members }) => [group, new Set(members)])),
    handles: new Map(row.groups.map(({ group, handle }) => [group, handle])),
    now: () => performance.now() + offset,
  }
}
