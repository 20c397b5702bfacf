import { z } from 'zod'
import type { DatabaseState } from '../../core/ports/databases.ts'

/**
 * Everything that is asked of an instance, as one statement: one round trip. `$1` is the age in seconds from which a
 * transaction is long, `$2` whether the size is wanted: looking at every file takes longer than all the rest. It reads statistics views and settings only, never a table of the application and never the text
 * of anybody's query. Written for PostgreSQL 15 and later (`reserved_connections` came with 16).
 *
 * Without pg_monitor the sessions of others are there, but all except their user and database is hidden: `backend_type is
 * null` counts them all the same, and whom they block can still be asked.
 */
export const STATE = `
with sessions as materialized (
  select pid, usesysid, usename, state, backend_type, wait_event_type, xact_start, query_start
  from pg_stat_activity
)
select
  split_part(current_setting('server_version'), ' ', 1) as "version",
  pg_has_role('pg_read_all_stats', 'usage') as "seesAll",
  (select count(*) from sessions
    where backend_type = 'client backend' or (backend_type is null and usesysid is not null))::int as "connections",
  current_setting('max_connections')::int as "maxConnections",
  current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true), '0')::int as "reserved",
  d.blks_hit::float8 as "blocksHit",
  (d.blks_hit + d.blks_read)::float8 as "blocksAsked",
  d.deadlocks::float8 as "deadlocks",
  case when $2 then pg_database_size(current_database())::float8 end as "sizeBytes",
  current_setting('ssl')::bool as "tlsOn",
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "tlsUsed",
  coalesce((select json_agg(t) from (
    select pid, extract(epoch from clock_timestamp() - xact_start)::int as "seconds",
      coalesce(usename, '') as "user", coalesce(state, 'unknown') as "state"
    from sessions
    where backend_type = 'client backend' and pid <> pg_backend_pid()
      and xact_start < clock_timestamp() - make_interval(secs => $1)
    order by xact_start limit 20
  ) t), '[]') as "longTransactions",
  coalesce((select json_agg(b) from (
    select distinct s.pid, blocker as "blockedBy", greatest(0, extract(epoch from clock_timestamp() - coalesce(
      (select min(waitstart) from pg_locks l where l.pid = s.pid and not l.granted),
      s.query_start, clock_timestamp())))::int as "waitSeconds"
    from sessions s cross join lateral unnest(pg_blocking_pids(s.pid)) as blocker
    where s.wait_event_type = 'Lock' or (s.backend_type is null and s.usesysid is not null)
    order by "waitSeconds" desc limit 20
  ) b), '[]') as "blocked"
from pg_stat_database d
where d.datname = current_database()`

/** The parameters of `STATE`. */
export interface StateQuestion {
  readonly longTransactionSeconds: number
  readonly size: boolean
}

const row = z.object({
  version: z.string(),
  seesAll: z.boolean(),
  connections: z.number(),
  maxConnections: z.number(),
  reserved: z.number(),
  blocksHit: z.number(),
  blocksAsked: z.number(),
  deadlocks: z.number(),
  sizeBytes: z.number().nullable(),
  tlsOn: z.boolean(),
  tlsUsed: z.boolean(),
  longTransactions: z.array(
    z.object({ pid: z.number(), seconds: z.number(), user: z.string(), state: z.string() }),
  ),
  blocked: z.array(z.object({ pid: z.number(), blockedBy: z.number(), waitSeconds: z.number() })),
})
export type StateRow = z.infer<typeof row>

/** The statement's row; null when it is not what the statement gives. */
export function parseRow(found: unknown): StateRow | null {
  const parsed = row.safeParse(found)
  return parsed.success ? parsed.data : null
}

/** Under so many blocks the rate of an instance that has just started says nothing: reading its own catalogue is most of it. */
const LEAST_BLOCKS = 10_000

export function toState(name: string, user: string, found: StateRow): DatabaseState {
  const { seesAll, blocksHit, blocksAsked, ...facts } = found
  const hits = blocksAsked >= LEAST_BLOCKS ? Math.round((blocksHit / blocksAsked) * 10_000) / 100 : null
  return { name, ...facts, cacheHitPercent: hits, ...(!seesAll && { partial: partial(user) }) }
}

function partial(user: string): string {
  return `the sessions of other users are hidden from ${user}: long transactions are not seen. GRANT pg_monitor TO ${user}`
}
