import { describe, expect, it } from 'vitest'
import { alerts } from '../../commands/alerts.ts'
import { deployments } from '../../commands/deployments.ts'
import { events } from '../../commands/events.ts'
import { health } from '../../commands/health.ts'
import { nodes } from '../../commands/nodes.ts'
import { pods } from '../../commands/pods.ts'
import { services } from '../../commands/services.ts'
import { top } from '../../commands/top.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import { displayWidth } from '../../src/blocks/width.ts'
import type { Query } from '../../src/core/command.ts'
import { DependencyError } from '../../src/core/errors.ts'
import type { Alert } from '../../src/core/ports/alerts.ts'
import type { SystemPorts } from '../../src/core/ports/index.ts'
import { seal } from '../../src/core/seal.ts'
import { buttonLines, fixedLines, messages, run } from '../health/answers.ts'
import { ago, container, database, deployment, observed, pod, ports } from '../health/fixtures.ts'

const crashing = pod({
  ready: false,
  containers: [
    container({
      ...{ ready: false, restarts: 6, state: 'waiting', reason: 'CrashLoopBackOff' },
      last: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(30) },
    }),
  ],
})

const alert: Alert = {
  ...{ fingerprint: 'b1c2', name: 'HighErrorRate', severity: 'critical', state: 'active' },
  ...{
    labels: { service: 'orders-service' },
    summary: 'More than 5 % of calls fail',
    runbookUrl: 'https://wiki/x',
  },
  ...{ startsAt: ago(600), silencedBy: [], inhibitedBy: [] },
}

/** One crash loop, one database that refuses, one that is full, one alert: the morning of the journey. */
const badMorning: Partial<SystemPorts> = {
  cluster: {
    ...ports().cluster!,
    pods: async () => observed(crashing, pod({ name: 'gateway-5c6b7-fghij', workload: 'gateway' })),
    deployments: async () =>
      observed(deployment({ available: 0, ready: 0 }), deployment({ name: 'gateway' })),
    events: async () =>
      observed({
        ...{
          type: 'Warning' as const,
          reason: 'BackOff',
          object: crashing.name,
          kind: 'Pod',
          count: 12,
          at: ago(20),
        },
        message:
          'Back-off restarting failed container app in pod orders-service-7d9f8-abcde_bakery-ia(uid-1)',
      }),
  },
  databases: {
    names: ['auth-db', 'orders-db'],
    state: async (name) => {
      if (name === 'orders-db') return database({ name, connections: 84 })
      throw new DependencyError({
        dependency: 'postgres',
        operation: 'connect',
        message: 'connection refused at auth-db:5432',
      })
    },
  },
  alerts: {
    alerts: async () => [alert, { ...alert, name: 'DiskFull', state: 'suppressed', silencedBy: ['s'] }],
  },
}

const CASES: readonly (readonly [name: string, query: Query, args: object, world: Partial<SystemPorts>])[] = [
  ['health-well', health, {}, {}],
  ['health-bad-morning', health, {}, badMorning],
  ['health-databases', health, { area: 'databases' }, badMorning],
  ['pods', pods, {}, badMorning],
  ['deployments', deployments, {}, badMorning],
  ['deployments-one', deployments, { workload: 'orders-service' }, badMorning],
  ['nodes', nodes, {}, {}],
  ['top', top, {}, {}],
  ['top-nodes', top, { nodes: true }, {}],
  ['events', events, { workload: 'orders-service' }, badMorning],
  ['services', services, {}, {}],
  ['alerts', alerts, {}, badMorning],
  ['alerts-silenced', alerts, { silenced: true }, badMorning],
]

describe('messages about the platform', () => {
  it.each(CASES)('%s looks as reviewed', async (name, query, args, world) => {
    const { answer } = await run(query, args, world)
    // Durations are measured: the only thing in a message that differs from run to run.
    const json = JSON.stringify(answer, null, 2).replace(/took \d+ ms/g, 'took 4 ms')
    await expect(`${json}\n`).toMatchFileSnapshot(`golden/${name}.json`)
  })

  it.each(CASES)('%s is within the limits of Slack and of a phone', async (_name, query, args, world) => {
    const { answer } = await run(query, args, world)
    for (const message of messages(answer)) {
      const sealed = seal({ answer: message, outboxId: 'a1', version: 1, ref: 'ABCDEFGH' })
      expect(limitFaults(sealed.blocks)).toEqual([])
      expect(message.text).not.toBe('')
    }
    expect(fixedLines(answer).filter((line) => displayWidth(line) > 45)).toEqual([])
  })
})

describe('health', () => {
  it('names what is wrong first, one thing once, and its buttons lead on', async () => {
    const { answer, status } = await run(health, {}, badMorning)
    expect(status).toBe('critical')
    expect(answer.text).toBe(
      'Bakery-IA is critical: orders-service critical; auth-db unknown; orders-db warning.',
    )
    expect(buttonLines(answer)).toEqual([
      'logs: logs orders-service --since 1h --previous',
      'run: pods auth-db',
      'logs: logs orders-db --since 1h',
      'refresh: health',
      'run: pods --problems',
      'run: health --json',
    ])
  })

  it('is the report itself as data, and as the file health.json', async () => {
    const { answer, data } = await run(health, { json: true }, badMorning)
    expect(data).toMatchObject({ version: 1, at: '2026-11-23T05:00:00.000Z', status: 'critical' })
    expect(answer.files?.map(({ name }) => name)).toEqual(['health.json'])
    expect(JSON.parse(answer.files?.[0]?.content ?? '')).toMatchObject({ version: 1, status: 'critical' })
  })

  it('says in one sentence that all is well', async () => {
    const { answer } = await run(health, {})
    expect(answer.text).toBe('Bakery-IA is well: 10 areas checked, nothing is wrong.')
  })

  it('does not call a platform well that is not watched', async () => {
    const { answer, status } = await run(health, { area: 'redis' }, { cache: null })
    expect(status).toBe('off')
    expect(answer.text).toBe('Bakery-IA: redis not configured.')
  })
})

describe('lists', () => {
  it('show only what has a problem when asked to', async () => {
    const { data } = await run(pods, { problems: true }, badMorning)
    expect(data).toMatchObject({ pods: [{ name: 'orders-service-7d9f8-abcde' }] })
    const { answer } = await run(pods, { problems: true })
    expect(answer.text).toBe('bakery-ia: none of 2 pods has a problem.')
  })

  it('say how many are left out', async () => {
    const { answer } = await run(pods, { limit: 1 })
    expect(JSON.stringify(answer)).toContain('1 of 2 pods shown; --limit shows more.')
  })

  it('say that there is no such thing instead of showing nothing', async () => {
    expect((await run(pods, { workload: 'ghost' })).answer.text).toBe('ghost has no pods.')
    expect((await run(events, {})).answer.text).toBe('bakery-ia: no events in the last hour.')
    expect((await run(alerts, {})).answer.text).toBe('No alert fires.')
  })

  it('find the events of a workload, of its pods, and of nobody with a similar name', async () => {
    const event = (object: string) => ({
      ...{
        type: 'Normal' as const,
        reason: 'Scaled',
        object,
        kind: 'Pod',
        message: 'm',
        count: 1,
        at: ago(5),
      },
    })
    const objects = [
      'orders',
      'orders-7d9f8b6c5',
      'orders-7d9f8b6c5-abcde',
      'orders-db',
      'orders-db-7d9f8b6c5-abcde',
    ]
    const cluster = { ...ports().cluster!, events: async () => observed(...objects.map(event)) }
    const { data } = await run(events, { workload: 'orders' }, { cluster })
    expect((data as { events: { object: string }[] }).events.map(({ object }) => object)).toEqual(
      objects.slice(0, 3),
    )
  })

  it('fail with a sentence when there is no cluster', async () => {
    await expect(run(pods, {}, { cluster: null })).rejects.toThrow('Bakery has no way to the cluster')
    await expect(run(services, {}, { telemetry: null })).rejects.toThrow('SigNoz is not configured')
  })
})
