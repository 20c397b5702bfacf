import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cacheState, countersOf, missingField, parseInfo } from '../../../src/adapters/redis/info.ts'

const FIELDS = {
  redis_version: '7.0.15',
  run_id: 'a1',
  uptime_in_seconds: '3600',
  connected_clients: '12',
  used_memory: '943718400',
  maxmemory: '1073741824',
  maxmemory_policy: 'allkeys-lru',
  loading: '0',
  rdb_last_bgsave_status: 'ok',
  aof_enabled: '0',
  aof_last_write_status: 'ok',
  evicted_keys: '10',
  keyspace_hits: '900',
  keyspace_misses: '100',
  role: 'master',
}
const info = (changes: Partial<Record<string, string>> = {}) =>
  new Map(
    Object.entries({ ...FIELDS, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
const state = (changes = {}, earlier = {}) => cacheState(info(changes), countersOf(info(earlier)))

describe('an INFO reply', () => {
  it('is read line by line, sections and empty lines passed over', () => {
    const text =
      '# Server\r\nredis_version:7.0.15\r\nexecutable:/usr/bin/redis:server\r\n\r\n# Keyspace\r\ndb0:keys=1,expires=0\r\n'
    expect([...parseInfo(text)]).toEqual([
      ['redis_version', '7.0.15'],
      ['executable', '/usr/bin/redis:server'],
      ['db0', 'keys=1,expires=0'],
    ])
  })

  it('gives back every field that was written into it', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,30}$/)
    const value = fc.string().map((text) => text.replaceAll(/[\r\n]/g, ''))
    fc.assert(
      fc.property(fc.dictionary(name, value), (fields) => {
        const text = Object.entries(fields).map(([key, one]) => `${key}:${one}\r\n`)
        expect(Object.fromEntries(parseInfo(`# Section\r\n${text.join('')}`))).toEqual({ ...fields })
      }),
    )
  })

  it('of any text at all makes no trouble', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = cacheState(parseInfo(text), null)
        expect(Object.values(found).every((value) => !Number.isNaN(value))).toBe(true)
      }),
    )
  })

  it('of something else than Redis lacks a field', () => {
    expect(missingField(info())).toBeNull()
    expect(missingField(info({ used_memory: undefined }))).toBe('used_memory')
    expect(missingField(parseInfo('HTTP/1.1 400 Bad Request'))).toBe('redis_version')
  })
})

describe('what Redis says of itself', () => {
  it('is counted since the start at the first look', () => {
    expect(cacheState(info(), null)).toEqual({
      version: '7.0.15',
      usedMemory: 943_718_400,
      maxMemory: 1_073_741_824,
      policy: 'allkeys-lru',
      hitPercent: 90,
      evictedKeys: 10,
      evictedSince: 0,
      clients: 12,
      role: 'master',
      loading: false,
      persistenceOk: true,
      uptimeSeconds: 3600,
    })
  })

  it('is counted since the earlier look after that', () => {
    const found = state({ keyspace_hits: '901', keyspace_misses: '199', evicted_keys: '15' })
    expect(found).toMatchObject({ hitPercent: 1, evictedSince: 5, evictedKeys: 15 })
  })

  it('has no hit rate when nothing was asked of it', () => {
    expect(state().hitPercent).toBeNull()
    expect(cacheState(info({ keyspace_hits: '0', keyspace_misses: '0' }), null).hitPercent).toBeNull()
  })

  it('is counted from zero after a restart, and after the counters were reset', () => {
    const fresh = { keyspace_hits: '1', keyspace_misses: '1', evicted_keys: '2' }
    expect(state({ ...fresh, run_id: 'b2' })).toMatchObject({ hitPercent: 50, evictedSince: 2 })
    expect(state(fresh)).toMatchObject({ hitPercent: 50, evictedSince: 2 })
  })

  it('has no limit of memory when maxmemory is 0', () => {
    expect(state({ maxmemory: '0' }).maxMemory).toBeNull()
  })

  it('is Valkey when it says so', () => {
    expect(state({ redis_version: '7.2.4', valkey_version: '8.1.3' }).version).toBe('8.1.3')
  })

  it('does not save well when the last snapshot or the log of writes failed', () => {
    expect(state({ rdb_last_bgsave_status: 'err' }).persistenceOk).toBe(false)
    expect(state({ aof_enabled: '1', aof_last_write_status: 'err' }).persistenceOk).toBe(false)
    expect(state({ aof_enabled: '0', aof_last_write_status: 'err' }).persistenceOk).toBe(true)
  })
})
