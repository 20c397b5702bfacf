import { describe, expect, it } from 'vitest'
import type { Alert } from '../../src/core/ports/alerts.ts'
import type { CacheState } from '../../src/core/ports/caches.ts'
import type { DatabaseState } from '../../src/core/ports/databases.ts'
import type { QueueNodeState, QueueState } from '../../src/core/ports/queues.ts'
import type { ServiceTelemetry } from '../../src/core/ports/telemetry.ts'
import { judgeAlerts } from '../../src/health/alerts.ts'
import { judgeCollector } from '../../src/health/collector.ts'
import { judgeDatabase } from '../../src/health/databases.ts'
import { judgeRabbitmq } from '../../src/health/rabbitmq.ts'
import { judgeRedis } from '../../src/health/redis.ts'
import { judgeServices } from '../../src/health/services.ts'
import { ago, context, database, ports } from './fixtures.ts'

describe('services', () => {
  const figures = (changes: Partial<ServiceTelemetry> = {}): ServiceTelemetry => ({
    ...{ name: 'gateway', rate: 4, calls: 1200, errorRate: 0.1, p99Ms: 180 },
    ...changes,
  })
  const judge = (
    now: Partial<ServiceTelemetry> | null,
    {
      before = {},
      recent = now,
      critical = true,
    }: {
      before?: Partial<ServiceTelemetry> | null
      recent?: Partial<ServiceTelemetry> | null
      critical?: boolean
    } = {},
  ) => {
    const list = (changes: Partial<ServiceTelemetry> | null) => (changes === null ? [] : [figures(changes)])
    const facts = { figures: list(now), recent: list(recent), before: list(before) }
    return judgeServices(facts, context({ services: [{ name: 'gateway', critical }] }))[0]
  }

  it.each<[string, ReturnType<typeof judge>, string, string]>([
    ['0.9 % errors', judge({ errorRate: 0.9 }), 'ok', ''],
    ['1 % errors', judge({ errorRate: 1 }), 'warning', '1 % of calls fail'],
    ['5 % errors', judge({ errorRate: 5 }), 'critical', '5 % of calls fail'],
    [
      '50 % errors of four calls',
      judge({ errorRate: 50, calls: 4 }, { before: { rate: 0.01 } }),
      'warning',
      '50 % of calls fail',
    ],
    ['a p99 of 2 s', judge({ p99Ms: 2000 }), 'warning', 'p99 is 2 s'],
    ['a p99 of 3 s', judge({ p99Ms: 3000 }), 'critical', 'p99 is 3 s'],
    ['a p99 of 2.9 s where it is not critical', judge({ p99Ms: 2900 }, { critical: false }), 'ok', ''],
    [
      'a p99 of 3 s where it is not critical',
      judge({ p99Ms: 3000 }, { critical: false }),
      'warning',
      'p99 is 3 s',
    ],
    [
      'no call for two minutes',
      judge({}, { recent: null }),
      'warning',
      'silent for at least 2 min; before, it had 4 calls a second',
    ],
    [
      'no call for five minutes',
      judge(null),
      'critical',
      'silent for at least 5 min; before, it had 4 calls a second',
    ],
    [
      'no call for five minutes where calls are rare',
      judge(null, { before: { rate: 0.01, calls: 36 } }),
      'ok',
      '',
    ],
    [
      'a fifth of its calls left',
      judge({ rate: 0.7, calls: 210 }),
      'warning',
      'calls fell to 0.7 a second; before, it had 4 calls a second',
    ],
    [
      'no call for more than an hour',
      judge(null, { before: null }),
      'critical',
      'SigNoz has seen no call for more than an hour: it gets none, or its telemetry does not arrive',
    ],
    [
      'the same where it is not critical',
      judge(null, { before: null, critical: false }),
      'warning',
      'SigNoz has seen no call for more than an hour: it gets none, or its telemetry does not arrive',
    ],
  ])('with %s', (_what, finding, status, reason) => {
    expect(finding).toMatchObject({ status, reason })
  })

  it('are found under the name that SigNoz has for them', () => {
    const facts = {
      figures: [figures({ name: 'api-gw' })],
      recent: [figures({ name: 'api-gw' })],
      before: [],
    }
    const [finding] = judgeServices(facts, context({ services: [{ name: 'gateway', telemetry: 'api-gw' }] }))
    expect(finding).toMatchObject({ target: 'gateway', status: 'ok' })
  })
})

describe('alerts', () => {
  const alert = (changes: Partial<Alert> = {}): Alert => ({
    fingerprint: 'b1c2',
    name: 'HighErrorRate',
    severity: 'critical',
    state: 'active',
    labels: { service: 'orders-service' },
    summary: 'More than 5 % of calls fail',
    runbookUrl: null,
    startsAt: ago(600),
    silencedBy: [],
    inhibitedBy: [],
    ...changes,
  })

  it('are summed up by rule, silenced ones apart', () => {
    const findings = judgeAlerts(
      [
        alert(),
        alert({ labels: { service: 'gateway' } }),
        alert({ name: 'HighMemoryUsage', severity: 'warning', summary: '' }),
        alert({ name: 'Watchdog', severity: 'none' }),
        alert({ name: 'DiskFull', state: 'suppressed', silencedBy: ['s1'] }),
      ],
      context(),
    )
    expect(findings.map(({ target, status, reason, next }) => [target, status, reason, next])).toEqual([
      ['alertmanager', 'critical', '2 alert rules have problems', 'alerts'],
      [
        'HighErrorRate',
        'critical',
        'More than 5 % of calls fail on orders-service, and 1 other',
        'alerts --severity critical',
      ],
      ['HighMemoryUsage', 'warning', 'fires on orders-service', 'alerts --severity warning'],
    ])
    expect(findings[0]?.facts).toMatchObject({
      ...{ firing: 4, critical: 2, warning: 1, info: 1, informing: 'Watchdog', silenced: 1 },
    })
    expect(findings[1]?.facts.on).toBe('orders-service, gateway')
  })

  it('are ok when none fires', () => {
    expect(judgeAlerts([], context())).toMatchObject([{ target: 'alertmanager', status: 'ok' }])
  })
})

describe('the collector', () => {
  it('is critical when it says that it is not available', () => {
    const state = { available: false, status: 'Server not available', upSince: null }
    expect(judgeCollector(state, context())).toMatchObject([
      {
        status: 'critical',
        reason: 'not available (it says "Server not available"), so traces, metrics and logs are being lost',
      },
    ])
  })
})

describe('databases', () => {
  const judge = (changes: Partial<DatabaseState>, tls = 'prefer') => {
    const made = context({
      databases: [{ name: 'auth-db', address: 'auth-db:5432', database: 'a', user: 'u', tls }],
    })
    return judgeDatabase(database(changes), made, 'auth-db')[0]
  }
  const transaction = (seconds: number) => ({
    pid: 41,
    seconds,
    user: 'orders_user',
    state: 'idle in transaction',
  })
  const blocked = (waitSeconds: number) => ({ pid: 7, blockedBy: 41, waitSeconds })

  it.each<[string, Partial<DatabaseState>, string, string]>([
    ['little to do', {}, 'ok', ''],
    ['79 of 100 usable connections', { connections: 79 }, 'ok', ''],
    [
      '80 of 100 usable connections',
      { connections: 80 },
      'warning',
      '80 of 100 usable connections taken (80 %)',
    ],
    [
      '90 of 100 usable connections',
      { connections: 90 },
      'critical',
      '90 of 100 usable connections taken (90 %)',
    ],
    ['90 % cache hits', { cacheHitPercent: 90 }, 'ok', ''],
    ['89.9 % cache hits', { cacheHitPercent: 89.9 }, 'warning', 'cache hits at 90 %'],
    ['79 % cache hits', { cacheHitPercent: 79 }, 'critical', 'cache hits at 79 %'],
    ['no reads yet', { cacheHitPercent: null }, 'ok', ''],
    [
      'a transaction of 5 min',
      { longTransactions: [transaction(300)] },
      'warning',
      'process 41 of orders_user is 5 min in a transaction (idle in transaction)',
    ],
    [
      'a transaction of 30 min',
      { longTransactions: [transaction(300), transaction(1800)] },
      'critical',
      'process 41 of orders_user is 30 min in a transaction (idle in transaction) and 1 more',
    ],
    [
      'a session blocked for 10 s',
      { blocked: [blocked(10)] },
      'warning',
      '1 session blocked, the longest for 10 s by process 41',
    ],
    [
      'a session blocked for 60 s',
      { blocked: [blocked(60)] },
      'critical',
      '1 session blocked, the longest for 1 min by process 41',
    ],
    ['a session blocked for a moment', { blocked: [blocked(9)] }, 'ok', ''],
  ])('with %s', (_what, changes, status, reason) => {
    expect(judge(changes)).toMatchObject({ status, reason, threshold: { unit: expect.any(String) } })
  })

  it.each([
    ['require', 'critical'],
    ['prefer', 'ok'],
    ['off', 'ok'],
  ])('without TLS and tls: %s are %s, and the facts say so', (tls, status) => {
    expect(judge({ tlsOn: false, tlsUsed: false }, tls)).toMatchObject({ status, facts: { tls: false } })
  })

  it('name the worst first and all else after it', () => {
    expect(judge({ connections: 85, blocked: [blocked(90)] })).toMatchObject({
      status: 'critical',
      reason:
        '1 session blocked, the longest for 1 min 30 s by process 41; 85 of 100 usable connections taken (85 %)',
      next: 'logs auth-db --since 1h',
    })
  })
})

describe('redis', () => {
  const judge = async (changes: Partial<CacheState>) => {
    const state = await ports().cache!.state(new AbortController().signal)
    return judgeRedis({ ...state, ...changes }, context())[0]
  }

  it.each<[string, Partial<CacheState>, string, string]>([
    ['memory at 79.9 %', { usedMemory: 799 }, 'ok', ''],
    ['memory at 80 %', { usedMemory: 800 }, 'warning', 'memory at 80 % (800 B of 1000 B)'],
    [
      'memory at 90 % and no eviction',
      { usedMemory: 900, policy: 'noeviction' },
      'critical',
      'memory at 90 % (900 B of 1000 B); at 100 % it refuses writes',
    ],
    ['no memory limit', { maxMemory: null }, 'ok', ''],
    ['79 % hits', { hitPercent: 79 }, 'warning', 'only 79 % of look-ups are hits'],
    ['49 % hits', { hitPercent: 49 }, 'critical', 'only 49 % of look-ups are hits'],
    ['no look-ups', { hitPercent: null }, 'ok', ''],
    ['evictions', { evictedSince: 12, evictedKeys: 900 }, 'warning', '12 keys evicted since the last look'],
    ['old evictions only', { evictedKeys: 900 }, 'ok', ''],
    ['a failed save', { persistenceOk: false }, 'warning', 'its last save to disk failed'],
    ['data still loading', { loading: true }, 'warning', 'it is loading its data and does not answer yet'],
  ])('with %s', async (_what, changes, status, reason) => {
    expect(await judge(changes)).toMatchObject({ status, reason })
  })
})

describe('rabbitmq', () => {
  const queue = (changes: Partial<QueueState> = {}): QueueState => ({
    ...{ name: 'orders.created', vhost: '/', type: 'classic', ready: 3, unacknowledged: 1, consumers: 2 },
    ...{ growthPerMinute: 0, state: 'running' },
    ...changes,
  })
  const broker = (changes: Partial<QueueNodeState> = {}): QueueNodeState => ({
    ...{
      name: 'rabbit@a',
      running: true,
      memoryAlarm: false,
      diskAlarm: false,
      memoryUsed: 10,
      memoryLimit: 100,
      partitions: [],
    },
    ...changes,
  })
  const judge = (queues: QueueState[], nodes = [broker()]) => judgeRabbitmq({ queues, nodes }, context())

  it.each<[string, Partial<QueueState>, string, string]>([
    ['no consumers', { consumers: 0 }, 'warning', 'no consumers'],
    [
      'no consumers while it grows',
      { consumers: 0, growthPerMinute: 100 },
      'critical',
      'growing by 100 messages a minute; no consumers',
    ],
    ['1000 messages waiting', { ready: 1000 }, 'warning', '1000 messages waiting'],
    ['10000 messages waiting', { ready: 10_000 }, 'critical', '10000 messages waiting'],
    ['a growth of 1000 a minute', { growthPerMinute: 1000 }, 'critical', 'growing by 1000 messages a minute'],
    ['state down', { state: 'down' }, 'critical', 'the queue is down'],
  ])('a queue with %s', (_what, changes, status, reason) => {
    const [summary, finding] = judge([queue(changes)])
    expect(finding).toMatchObject({ target: 'orders.created', status, reason })
    expect(summary).toMatchObject({ target: 'rabbitmq', status, reason: '1 queue or node has a problem' })
  })

  it.each<[string, Partial<QueueState>]>([
    ['parks messages by design', { name: 'orders.dlq', consumers: 0, ready: 5 }],
    ['is a stream', { type: 'stream', consumers: 0 }],
    ['was looked at for the first time', { growthPerMinute: null }],
  ])('a queue that %s is ok', (_what, changes) => {
    expect(judge([queue(changes)]).map(({ status }) => status)).toEqual(['ok'])
  })

  it.each<[string, Partial<QueueNodeState>, string]>([
    ['does not run', { running: false }, 'the node does not run'],
    [
      'has a memory alarm',
      { memoryAlarm: true, memoryUsed: 100 },
      'memory alarm (100 B of 100 B), so publishers are blocked',
    ],
    ['has a disk alarm', { diskAlarm: true }, 'disk alarm, so publishers are blocked'],
    ['is cut off', { partitions: ['rabbit@b'] }, 'cut off from 1 node'],
  ])('a node that %s is critical', (_what, changes, reason) => {
    expect(judge([], [broker(changes)])[1]).toMatchObject({ target: 'rabbit@a', status: 'critical', reason })
  })

  it('names a queue of another virtual host with it', () => {
    expect(judge([queue({ vhost: 'pos', consumers: 0 })])[1]?.target).toBe('pos/orders.created')
  })
})
