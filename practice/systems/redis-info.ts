import { cacheAt } from './story/machines.ts'
import { MARK, type World } from './world.ts'

type Section = Readonly<Record<string, string | number>>

/** The text of `INFO`: the fields that tell how a Redis is; one section when it is named. */
export function info({ now, startedAt }: World, wanted: string | undefined): string {
  const at = now()
  const { usedMemory, maxMemory, hits, misses, keys, clients, opsPerSecond } = cacheAt(at, startedAt)
  const seconds = Math.floor((at.getTime() - startedAt.getTime()) / 1000)
  const sections: Readonly<Record<string, Section>> = {
    Server: {
      redis_version: `7.4.1-${MARK}`,
      redis_mode: 'standalone',
      run_id: startedAt.getTime().toString(16).padStart(40, '0'),
      uptime_in_seconds: seconds,
      uptime_in_days: Math.floor(seconds / 86_400),
    },
    Clients: { connected_clients: clients, maxclients: 10_000, blocked_clients: 2 },
    Memory: {
      used_memory: usedMemory,
      used_memory_rss: Math.round(usedMemory * 1.12),
      used_memory_peak: Math.round(usedMemory * 1.2),
      maxmemory: maxMemory,
      maxmemory_policy: 'allkeys-lru',
      mem_fragmentation_ratio: '1.12',
    },
    Persistence: {
      loading: 0,
      rdb_last_bgsave_status: 'ok',
      rdb_last_save_time: Math.floor(at.getTime() / 1000) - 90,
      aof_enabled: 0,
      aof_last_write_status: 'ok',
    },
    Stats: {
      total_connections_received: 4000 + Math.floor(seconds / 60),
      instantaneous_ops_per_sec: opsPerSecond,
      rejected_connections: 0,
      expired_keys: Math.floor(seconds / 3),
      evicted_keys: 0,
      keyspace_hits: hits,
      keyspace_misses: misses,
      total_error_replies: 0,
    },
    Replication: { role: 'master', connected_slaves: 0 },
    Keyspace: { db0: `keys=${keys},expires=${Math.round(keys * 0.9)},avg_ttl=311000` },
  }
  const all = wanted === undefined || ['all', 'default', 'everything'].includes(wanted)
  return Object.entries(sections)
    .filter(([name]) => all || name.toLowerCase() === wanted)
    .map(([name, fields]) => [
      `# ${name}`,
      ...Object.entries(fields).map(([key, value]) => `${key}:${value}`),
    ])
    .map((lines) => lines.map((line) => `${line}\r\n`).join(''))
    .join('\r\n')
}
