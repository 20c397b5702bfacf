import { describe, expect, it } from 'vitest'
import type { Area, Check, HealthReport, Status } from '../../src/core/health.ts'
import { worst } from '../../src/core/health.ts'
import { bundleTroubles } from '../../src/core/health-bundles.ts'
import { detailTable } from '../../src/core/health-details.ts'
import { areaLine } from '../../src/core/health-lines.ts'
import { summariseHealth } from '../../src/core/health-summary.ts'
import { troublesOf } from '../../src/core/health-troubles.ts'

const check = (area: Area, target: string, status: Status, more: Partial<Check> = {}): Check => ({
  ...{ area, target, status, reason: status === 'ok' ? '' : 'broken', facts: { known: true } },
  ...{ observedAt: '2026-11-23T05:00:00.000Z', durationMs: 1 },
  ...more,
})
const report = (...checks: Check[]): HealthReport => ({
  ...{ version: 1, at: '2026-11-23T05:00:00.000Z', checks },
  status: worst(checks.map(({ status }) => status)),
})
const refusing = (name: string) =>
  check('databases', name, 'unknown', {
    reason: `${name} at ${name}:5432 refused the connection`,
    facts: {},
    next: `pods ${name}`,
  })
const NAMES = Array.from({ length: 14 }, (_, index) => `db-${index + 1}`)

describe('troubles', () => {
  it('of one thing stand together, with the alerts that fire on it', () => {
    const found = troublesOf([
      check('pods', 'orders', 'warning', { reason: 'crash loop' }),
      check('databases', 'auth-db', 'ok'),
      check('alerts', 'ServiceDown', 'critical', { facts: { on: 'orders' } }),
      check('alerts', 'PodCrashes', 'warning', { facts: { on: 'orders-7d9f8-abcde' } }),
    ])
    expect(found).toMatchObject([
      {
        target: 'orders',
        status: 'critical',
        lines: ['pods: crash loop', 'alerts: ServiceDown, PodCrashes'],
      },
    ])
  })

  it('are alerts themselves when something that they fire on is not known to be broken', () => {
    const found = troublesOf([
      check('pods', 'orders', 'critical'),
      check('alerts', 'ErrorRateHigh', 'critical', { facts: { on: 'orders, gateway' } }),
    ])
    expect(found.map(({ target }) => target)).toEqual(['orders', 'ErrorRateHigh'])
  })

  it('are one when the cluster cannot be asked, and no step leads to it', () => {
    const silent = (area: Area, target: string, what: string) =>
      check(area, target, 'unknown', {
        reason: `cannot list ${what} at https://10.0.0.1:6443: connection refused`,
        facts: {},
        next: 'services',
      })
    const found = troublesOf([
      silent('pods', 'bakery-ia', 'pods'),
      silent('deployments', 'bakery-ia', 'deployments'),
      silent('nodes', 'nodes', 'nodes'),
      silent('top', 'bakery-ia', 'pods'),
      refusing('auth-db'),
    ])
    expect(found).toMatchObject([
      {
        target: 'the cluster',
        lines: [
          'pods, deployments, nodes, top: cannot list pods at https://10.0.0.1:6443: connection refused',
        ],
        next: 'services',
      },
      { target: 'auth-db', next: null },
    ])
    const blind = check('services', 'signoz', 'unknown', { facts: {} })
    const [cluster] = troublesOf([
      silent('pods', 'bakery-ia', 'pods'),
      silent('nodes', 'nodes', 'nodes'),
      blind,
    ])
    expect(cluster).toMatchObject({ target: 'the cluster', next: null })
  })

  it('of a measurement that is missing are not the silence of the cluster', () => {
    const found = troublesOf([
      check('nodes', 'usage', 'unknown', { reason: 'metrics-server has not answered yet', facts: {} }),
      check('top', 'bakery-ia', 'unknown', { reason: 'metrics-server has not answered yet', facts: {} }),
    ])
    expect(found.map(({ target }) => target)).toEqual(['usage', 'bakery-ia'])
  })

  it('name the cause before its consequences', () => {
    const found = troublesOf([
      check('services', 'gateway', 'critical'),
      check('pods', 'orders', 'critical'),
      check('nodes', 'node-2', 'critical'),
      check('databases', 'auth-db', 'warning'),
    ])
    expect(found.map(({ target }) => target)).toEqual(['node-2', 'orders', 'gateway', 'auth-db'])
  })
})

describe('bundles', () => {
  it('tell many databases that cannot be asked for one cause in one', () => {
    expect(bundleTroubles(troublesOf(NAMES.map(refusing)))).toEqual([
      {
        ...{ title: '14 databases', status: 'unknown', next: 'pods --problems', note: '', size: 14 },
        lines: [
          'cannot be asked: db-1 at db-1:5432 refused the connection; the other 13 likewise',
          NAMES.join(', '),
        ],
      },
    ])
  })

  it('leave a few crashes apart, each with its own button', () => {
    const facts = { kind: 'crash loop', brokenPods: 1 }
    const few = ['a', 'b', 'c', 'd', 'e'].map((name) => check('pods', name, 'critical', { facts }))
    expect(bundleTroubles(troublesOf(few)).map(({ title }) => title)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('name fourteen of many, and say how many more there are', () => {
    const lost = Array.from({ length: 20 }, (_, index) =>
      check('pods', `w${index}`, 'critical', {
        reason: `not ready for ${index} s`,
        facts: { kind: 'not ready', brokenPods: 1 },
        next: 'logs w',
      }),
    )
    const [bundle] = bundleTroubles(troublesOf(lost))
    expect(bundle).toMatchObject({ title: '20 workloads', next: 'pods --problems' })
    expect(bundle?.lines[0]).toBe('pods: not ready for 0 s; the other 19 likewise')
    expect(bundle?.lines[1]).toMatch(/^w0, w1, .*, w13 and 6 more$/)
  })

  it('keep apart what is told apart', () => {
    const troubles = troublesOf(NAMES.slice(0, 6).map(refusing))
    const bundles = bundleTroubles(troubles, ({ target }) => (target < 'db-4' ? 'new' : 'since yesterday'))
    expect(bundles.map(({ title, note }) => `${title} ${note}`)).toEqual([
      '3 databases new',
      '3 databases since yesterday',
    ])
  })
})

describe('the sentence of a report', () => {
  it.each<[string, Check[], string]>([
    ['all is well', [check('redis', 'redis', 'ok')], 'Bakery is well: redis checked, nothing is wrong.'],
    [
      'one of each kind',
      [check('pods', 'orders', 'critical'), refusing('auth-db'), check('nodes', 'node-1', 'warning')],
      'Bakery is critical: orders critical; auth-db unknown; node-1 warning.',
    ],
    [
      'many',
      ['a', 'b', 'c', 'd', 'e'].map((name) => check('pods', name, 'critical', { reason: `${name} is off` })),
      'Bakery is critical: 5 workloads critical.',
    ],
    [
      'much of different kinds',
      [
        check('pods', 'one', 'critical', { reason: 'stuck' }),
        check('pods', 'two', 'critical', { reason: 'pending' }),
        check('pods', 'three', 'critical', { reason: 'not ready' }),
        check('pods', 'four', 'critical', { reason: 'failed' }),
      ],
      'Bakery is critical: one, two, three and 1 more critical.',
    ],
    ['nothing can be asked', NAMES.map(refusing), 'Bakery is unknown: 14 databases unknown.'],
  ])('says that %s', (_what, checks, sentence) => {
    expect(summariseHealth(report(...checks), 'Bakery').sentence).toBe(sentence)
  })
})

describe('an area in a few words', () => {
  const alerts = (facts: Check['facts']) =>
    check('alerts', 'alertmanager', 'ok', { facts: { summary: true, ...facts } })

  it.each<[string, Area, Check[], string]>([
    [
      'the alert that only informs',
      'alerts',
      [alerts({ firing: 1, info: 1, silenced: 0, informing: 'Watchdog' })],
      'info only: Watchdog',
    ],
    ['that no alert fires', 'alerts', [alerts({ firing: 0, info: 0, silenced: 0 })], 'none fires'],
    [
      'silenced alerts',
      'alerts',
      [alerts({ firing: 2, info: 2, silenced: 3, informing: 'A, B' })],
      '2 for information, 3 silenced',
    ],
    ['that nothing could be asked', 'databases', NAMES.map(refusing), 'cannot be asked'],
    [
      'how many databases are up',
      'databases',
      [refusing('a-db'), check('databases', 'b-db', 'warning', { facts: { connections: 84 } })],
      '1 of 2 up, 1 not well',
    ],
    [
      'a node that is not ready and one that is full',
      'nodes',
      [
        check('nodes', 'node-1', 'critical', { facts: { ready: false } }),
        check('nodes', 'node-2', 'warning', { facts: { ready: true } }),
      ],
      '1 of 2 ready, 1 not well',
    ],
    [
      'that usage is not measured',
      'nodes',
      [
        check('nodes', 'node-1', 'ok', { facts: { ready: true } }),
        check('nodes', 'usage', 'unknown', { facts: {} }),
      ],
      '1 ready, not measured',
    ],
    ['that it is not configured', 'redis', [check('redis', 'redis', 'off', { facts: {} })], 'not configured'],
  ])('says %s', (_what, area, checks, line) => {
    expect(areaLine(area, checks)).toBe(line)
  })
})

describe('the table of an area', () => {
  it('has dashes where a target could not be asked', () => {
    const up = check('databases', 'b-db', 'ok', {
      facts: { connections: 3, max: 37, cacheHitPercent: 98.6 },
    })
    expect(detailTable('databases', [refusing('a-db'), up])?.rows).toEqual([
      ['a-db', 'unknown', '-', '-'],
      ['b-db', 'ok', '3/37', '99 %'],
    ])
  })

  it('is none where nothing could be asked, and where one target is all', () => {
    expect(detailTable('databases', [refusing('a-db')])).toBeNull()
    expect(detailTable('redis', [check('redis', 'redis', 'ok')])).toBeNull()
  })
})
