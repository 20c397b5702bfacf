import type { CacheState } from '../../core/ports/caches.ts'

/** The fields of an `INFO` reply: lines of `name:value`, sections headed by `# Name`. */
export type Info = ReadonlyMap<string, string>

/** Counters that grow until the server restarts. */
export interface Counters {
  /** Another run of the server starts them at zero. */
  readonly run: string
  readonly hits: number
  readonly misses: number
  readonly evicted: number
}

/** Parses a reply; what is not a field is passed over. Source: https://redis.io/docs/latest/commands/info/ */
export function parseInfo(text: string): Info {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** The first field that a server's reply must have and this one lacks; null when it is whole. */
export function missingField(info: Info): string | null {
  const needed = ['redis_version', 'used_memory', 'keyspace_hits', 'keyspace_misses', 'evicted_keys']
  return needed.find((name) => !info.has(name)) ?? null
}

export function countersOf(info: Info): Counters {
  return {
    run: info.get('run_id') ?? '',
    hits: number(info, 'keyspace_hits'),
    misses: number(info, 'keyspace_misses'),
    evicted: number(info, 'evicted_keys'),
  }
}

/** What Redis says of itself, with the counters' change since `earlier` (null: this is the first look). */
export function cacheState(info: Info, earlier: Counters | null): CacheState {
  const now = countersOf(info)
  const since = earlier && continues(earlier, now) ? earlier : { hits: 0, misses: 0, evicted: 0 }
  const hits = now.hits - since.hits
  const asked = hits + now.misses - since.misses
  return {
    version: info.get('valkey_version') ?? info.get('redis_version') ?? 'unknown',
    usedMemory: number(info, 'used_memory'),
    // Zero means that there is no limit.
    maxMemory: number(info, 'maxmemory') || null,
    policy: info.get('maxmemory_policy') ?? 'unknown',
    hitPercent: asked > 0 ? Math.round((hits / asked) * 1000) / 10 : null,
    evictedKeys: now.evicted,
    evictedSince: earlier ? now.evicted - since.evicted : 0,
    clients: number(info, 'connected_clients'),
    role: info.get('role') ?? 'unknown',
    loading: info.get('loading') === '1',
    persistenceOk: persistenceOk(info),
    uptimeSeconds: number(info, 'uptime_in_seconds'),
  }
}

function continues(earlier: Counters, now: Counters): boolean {
  // CONFIG RESETSTAT starts the counters again without another run.
  const grown = now.hits >= earlier.hits && now.misses >= earlier.misses && now.evicted >= earlier.evicted
  return earlier.run === now.run && grown
}

function persistenceOk(info: Info): boolean {
  const saved = (info.get('rdb_last_bgsave_status') ?? 'ok') === 'ok'
  if (info.get('aof_enabled') !== '1') return saved
  const written = (info.get('aof_last_write_status') ?? 'ok') === 'ok'
  return saved && written && (info.get('aof_last_bgrewrite_status') ?? 'ok') === 'ok'
}

function number(info: Info, name: string): number {
  const value = Number(info.get(name) ?? 0)
  return Number.isFinite(value) ? value : 0
}
