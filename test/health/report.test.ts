import { describe, expect, it } from 'vitest'
import { DependencyError } from '../../src/core/errors.ts'
import { AREAS, type Check } from '../../src/core/health.ts'
import type { SystemPorts } from '../../src/core/ports/index.ts'
import { createHealth } from '../../src/health/report.ts'
import { database, platform, ports } from './fixtures.ts'

const never = () => new Promise<never>(() => undefined)
const signal = () => new AbortController().signal

function refused(name: string): never {
  throw new DependencyError({
    dependency: 'postgres',
    operation: 'connect',
    message: `connection refused at ${name}:5432`,
  })
}

async function checksOf(changes: Partial<SystemPorts>, area?: Check['area']): Promise<readonly Check[]> {
  const health = createHealth(ports(changes), undefined, { deadlineMs: 60 })
  const { checks } = await health.report(area ? [area] : [], signal())
  return checks
}

describe('the health report', () => {
  it('is ok with a check for every area when all is well', async () => {
    const report = await createHealth(ports()).report([], signal())
    expect(report.version).toBe(1)
    expect(report.at).toBe('2026-11-23T05:00:00.000Z')
    expect(report.status).toBe('ok')
    expect([...new Set(report.checks.map((check) => check.area))]).toEqual([...AREAS])
    expect(report.checks.filter((check) => check.status !== 'ok')).toEqual([])
  })

  it('runs only the areas that were asked for', async () => {
    const report = await createHealth(ports()).report(['redis', 'alerts'], signal())
    expect([...new Set(report.checks.map((check) => check.area))]).toEqual(['alerts', 'redis'])
  })

  it('gives each database a check of its own, and one that refuses is unknown', async () => {
    const checks = await checksOf(
      {
        databases: {
          names: ['auth-db', 'orders-db'],
          state: async (name) => (name === 'auth-db' ? refused(name) : database({ name })),
        },
      },
      'databases',
    )
    expect(checks.map(({ target, status, reason, next }) => ({ target, status, reason, next }))).toEqual([
      {
        target: 'auth-db',
        status: 'unknown',
        reason: 'connection refused at auth-db:5432',
        next: 'pods auth-db',
      },
      { target: 'orders-db', status: 'ok', reason: '', next: undefined },
    ])
  })

  it.each([
    ['53300', 'critical', 'no connection is free, not even for Bakery (SQLSTATE 53300)'],
    [
      '57P03',
      'critical',
      'the server is starting up, shutting down or recovering, and takes no connections (SQLSTATE 57P03)',
    ],
    ['28P01', 'unknown', 'the password was refused'],
    ['57014', 'unknown', 'the password was refused'],
  ])('judges a database that answers with SQLSTATE %s as %s', async (code, status, reason) => {
    const cause = Object.assign(new Error('from the server'), { code })
    const error = new DependencyError({
      dependency: 'postgres',
      operation: 'connect',
      message: 'the password was refused.',
      cause,
    })
    const [check] = await checksOf(
      { databases: { names: ['auth-db'], state: () => Promise.reject(error) } },
      'databases',
    )
    expect(check).toMatchObject({ status, reason })
  })

  it('says of a system that hangs that it did not answer, and the rest stands', async () => {
    const checks = await checksOf({ queues: { queues: never, nodes: never }, alerts: { alerts: never } })
    const unknown = checks.filter((check) => check.status === 'unknown')
    expect(unknown.map(({ area, target, reason }) => ({ area, target, reason }))).toEqual([
      { area: 'alerts', target: 'alertmanager', reason: 'no answer within 0.06 s' },
      { area: 'rabbitmq', target: 'rabbitmq', reason: 'no answer within 0.06 s' },
    ])
    expect(checks.filter((check) => check.status === 'ok').length).toBeGreaterThan(8)
  })

  it('knows the nodes while Prometheus hangs, and says what it does not know of them', async () => {
    const query = (_: string, given: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        const message = 'Prometheus did not answer in time'
        const fault = new DependencyError({ dependency: 'prometheus', operation: 'query', message })
        given.addEventListener('abort', () => reject(fault))
      })
    const { checks } = await createHealth(ports({ metrics: { query, ready: async () => undefined } })).report(
      ['nodes'],
      signal(),
    )
    expect(checks.map(({ target, status, reason }) => ({ target, status, reason }))).toEqual([
      { target: 'node-1', status: 'ok', reason: '' },
      {
        target: 'disk',
        status: 'unknown',
        reason: 'free disk space is not known: Prometheus did not answer in time',
      },
    ])
  })

  it('is unknown when the request is given up before anything answers', async () => {
    const health = createHealth(ports({ cache: { state: never } }))
    const { checks } = await health.report(['redis'], AbortSignal.abort())
    expect(checks).toMatchObject([
      { status: 'unknown', reason: 'not answered before the whole report had to be ready' },
    ])
  })

  it('is off, never ok, where nothing is configured', async () => {
    const nothing = {
      ...{ metrics: null, alerts: null, telemetry: null, collector: null, cache: null, queues: null },
      databases: { names: [], state: never },
    }
    const checks = await checksOf(nothing)
    const off = checks.filter((check) => check.status === 'off')
    expect(off.map(({ area, reason }) => `${area}: ${reason}`)).toEqual([
      'nodes: free disk space is not known: platform.yaml has no prometheus',
      'services: not configured (platform.yaml has no signoz)',
      'alerts: not configured (platform.yaml has no alertmanager)',
      'collector: not configured (platform.yaml has no collector)',
      'databases: not configured (platform.yaml has no databases)',
      'redis: not configured (platform.yaml has no redis)',
      'rabbitmq: not configured (platform.yaml has no rabbitmq)',
    ])
  })

  it('is unknown without any way to the cluster', async () => {
    const checks = await checksOf({ cluster: null })
    const areas = checks.filter((check) => check.status === 'unknown').map((check) => check.area)
    expect(areas).toEqual(['pods', 'deployments', 'nodes', 'top'])
  })

  it('hides the text of an error that was not made for people, and logs it', async () => {
    const logged: object[] = []
    const log = { error: (facts: object) => void logged.push(facts) }
    const cache = { state: () => Promise.reject(new TypeError('password=hunter2 of undefined')) }
    const { checks } = await createHealth(ports({ cache }), log).report(['redis'], signal())
    expect(checks).toMatchObject([
      { status: 'unknown', reason: 'the check itself failed; the log has the cause', next: 'pods redis' },
    ])
    expect(logged).toMatchObject([{ area: 'redis', target: 'redis' }])
  })

  it('never throws, whatever every port does', async () => {
    const boom = () => {
      throw new Error('at once')
    }
    const health = createHealth(
      ports({
        cluster: {
          pods: boom,
          deployments: boom,
          nodes: boom,
          nodeUsage: boom,
          podUsage: boom,
          events: boom,
        },
        metrics: { query: boom, ready: boom },
        alerts: { alerts: boom },
        telemetry: { services: boom },
        collector: { state: boom },
        databases: { names: ['auth-db'], state: boom },
        cache: { state: boom },
        queues: { queues: boom, nodes: boom },
      }),
    )
    const report = await health.report([], signal())
    expect(report.status).toBe('unknown')
    expect(new Set(report.checks.map((check) => check.status))).toEqual(new Set(['unknown']))
  })

  it('gives every check that is not well a next step', async () => {
    const checks = await checksOf({
      platform: platform({ services: [{ name: 'gateway' }, { name: 'missing-service' }] }),
      collector: { state: never },
      telemetry: { services: async () => [] },
    })
    const without = checks.filter(({ status, next }) => status !== 'ok' && status !== 'off' && !next)
    expect(without).toEqual([])
  })

  it('asks all databases at the same time', async () => {
    const names = Array.from({ length: 14 }, (_, index) => `db-${index}`)
    let waiting = 0
    const all = Promise.withResolvers<void>()
    const state = async (name: string) => {
      waiting += 1
      if (waiting === names.length) all.resolve()
      await all.promise
      return database({ name })
    }
    const { checks } = await createHealth(ports({ databases: { names, state } })).report(
      ['databases'],
      signal(),
    )
    expect(checks.map(({ target, status }) => `${target} ${status}`)).toEqual(
      names.map((name) => `${name} ok`),
    )
  })
})
