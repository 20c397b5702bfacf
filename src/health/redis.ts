import { bytes, count, percent } from '../blocks/format.ts'
import type { CacheState } from '../core/ports/caches.ts'
import { round, share } from '../core/units.ts'
import { type Context, defineCheck, type Finding, notConfigured } from './check.ts'
import { conclude, type Problem, problemAt, threshold } from './problems.ts'

const TARGET = 'redis'

export const redis = defineCheck<CacheState>({
  area: 'redis',
  probes: ({ cache }) =>
    cache ? [{ target: TARGET, read: (signal) => cache.state(signal) }] : notConfigured(TARGET, 'redis'),
  judge: judgeRedis,
  nextWhenUnknown: () => 'pods redis',
})

export function judgeRedis(state: CacheState, { thresholds }: Context): Finding[] {
  const { usedMemory, maxMemory, hitPercent, evictedSince, evictedKeys, policy } = state
  const memoryPercent = share(usedMemory, maxMemory)
  const facts = {
    memoryBytes: usedMemory,
    maxMemoryBytes: maxMemory,
    memoryPercent,
    hitPercent: hitPercent === null ? null : round(hitPercent),
    evictedKeys,
    evictedSince,
    policy,
    clients: state.clients,
    version: state.version,
    uptimeSeconds: state.uptimeSeconds,
  }
  const refuses = policy === 'noeviction' ? '; at 100 % it refuses writes' : ''
  const memory = `memory at ${percent(memoryPercent ?? 0)} (${bytes(usedMemory)} of ${bytes(maxMemory ?? 0)})`
  return [
    conclude(
      TARGET,
      facts,
      [
        ...problemAt(memoryPercent, thresholds.redisMemoryPercent, { unit: '%', reason: memory + refuses }),
        ...problemAt(hitPercent, thresholds.redisHitPercent, {
          unit: '% hits',
          reason: `only ${percent(hitPercent ?? 0)} of look-ups are hits`,
        }),
        ...states(state, evictedSince),
      ],
      { threshold: threshold(thresholds.redisMemoryPercent, '%'), next: 'logs redis --since 1h' },
    ),
  ]
}

function states({ loading, persistenceOk }: CacheState, evictedSince: number): Problem[] {
  return [
    ...(loading ? [warning('it is loading its data and does not answer yet')] : []),
    ...(persistenceOk ? [] : [warning('its last save to disk failed')]),
    ...(evictedSince > 0 ? [warning(`${count(evictedSince, 'key')} evicted since the last look`)] : []),
  ]
}

function warning(reason: string): Problem {
  return { status: 'warning', reason }
}
