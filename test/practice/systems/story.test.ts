import { describe, expect, it } from 'vitest'
import { DATABASE_STEMS, SERVICES } from '../../../practice/cluster/platform-names.ts'
import { alertsAt } from '../../../practice/systems/story/alerts.ts'
import { cacheAt, diskFreePercent } from '../../../practice/systems/story/machines.ts'
import type { Outage } from '../../../practice/systems/story/outages.ts'
import { queuesAt } from '../../../practice/systems/story/queues.ts'
import { trafficBetween, trafficOf } from '../../../practice/systems/story/traffic.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 6, minute))
const down: Outage = { kind: 'database', name: 'orders-db', from: at(10), to: null }
const mended: Outage = { ...down, to: at(20) }
const names = (outages: readonly Outage[], when: Date) =>
  alertsAt(when, outages, at(0))
    .filter(({ state }) => state === 'firing')
    .map(({ labels }) => `${labels.alertname} ${labels.service ?? ''}`.trim())

describe('the story of the practice platform', () => {
  it('is healthy at every hour when nothing is broken', () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const when = new Date(Date.UTC(2026, 10, 23, hour))
      for (const service of SERVICES) {
        const { rate, errorPercent, p99Ms } = trafficOf(service, when, [])
        expect(rate).toBeGreaterThan(0.3)
        expect(errorPercent).toBeLessThan(1)
        expect(p99Ms).toBeLessThan(1000)
      }
      for (const { name, ready, consumers } of queuesAt(when, [])) {
        expect(ready).toBeLessThan(10)
        expect(consumers > 0 || name === 'orders.dlq').toBe(true)
      }
      const { usedMemory, maxMemory } = cacheAt(when, at(0))
      expect(usedMemory / maxMemory).toBeLessThan(0.7)
    }
    expect(names([], at(30))).toEqual(['Watchdog'])
  })

  it('lets most calls of a service fail while its database is down, and a few of the gateway', () => {
    expect(trafficOf('orders-service', at(9), [down]).errorPercent).toBeLessThan(1)
    expect(trafficOf('orders-service', at(11), [down])).toMatchObject({ errorPercent: 64 })
    expect(trafficOf('orders-service', at(11), [down]).p99Ms).toBeGreaterThan(3000)
    expect(trafficOf('gateway', at(11), [down]).errorPercent).toBeGreaterThan(2)
    expect(trafficOf('sales-service', at(11), [down]).errorPercent).toBeLessThan(1)
    expect(trafficOf('orders-service', at(21), [mended]).errorPercent).toBeLessThan(1)
  })

  it('has no calls to a service without pods', () => {
    const gone: Outage = { kind: 'workload', name: 'pos-service', from: at(10), to: null }
    expect(trafficBetween('pos-service', at(11), at(15), [gone]).calls).toBe(0)
    expect(trafficBetween('pos-service', at(5), at(15), [gone]).calls).toBeGreaterThan(100)
  })

  it('counts over a span what happened in its parts', () => {
    const { calls, errors, errorPercent } = trafficBetween('orders-service', at(5), at(15), [down])
    expect(errorPercent).toBeGreaterThan(25)
    expect(errorPercent).toBeLessThan(40)
    expect(errors).toBe(Math.round((calls * errorPercent) / 100))
  })

  it('fires the alerts of a database some seconds after it went down, and ends them when it is back', () => {
    expect(names([down], new Date(at(10).getTime() + 4000))).toEqual(['Watchdog'])
    expect(names([down], at(11))).toEqual([
      'DatabaseDown orders-db',
      'ServiceErrorRateHigh orders-service',
      'Watchdog',
    ])
    expect(names([mended], at(21))).toEqual(['Watchdog'])
  })

  it('lets the queue of a service grow while it cannot work, and works it off afterwards', () => {
    const ready = (minute: number, outage: Outage) =>
      queuesAt(at(minute), [outage]).find(({ name }) => name === 'orders.events')!.ready
    expect(ready(9, down)).toBeLessThan(10)
    expect(ready(15, down)).toBeGreaterThan(1000)
    expect(ready(20, down) - ready(19, down)).toBe(240)
    expect(ready(21, mended)).toBeLessThan(ready(20, mended))
    expect(ready(25, mended)).toBeLessThan(10)
  })

  it('fills a disk within minutes', () => {
    const filling: Outage = { kind: 'disk', name: 'node-1', from: at(10), to: null }
    expect(diskFreePercent('node-1', at(9), [filling])).toBeGreaterThan(30)
    expect(diskFreePercent('node-1', at(11), [filling])).toBe(7)
    expect(diskFreePercent('node-1', at(30), [filling])).toBe(4)
    expect(diskFreePercent('node-2', at(30), [filling])).toBeGreaterThan(30)
  })

  it('knows a queue for each of the 14 databases', () => {
    expect(queuesAt(at(0), []).map(({ name }) => name)).toEqual(
      expect.arrayContaining(DATABASE_STEMS.map((stem) => `${stem}.events`)),
    )
  })
})
