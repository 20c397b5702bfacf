import { describe, expect, it } from 'vitest'
import { DATABASE_STEMS, SERVICES } from '../../../practice/cluster/platform-names.ts'
import { alertsAt } from '../../../practice/systems/story/alerts.ts'
import { hourOfDay, seededRandom, wobble } from '../../../practice/systems/story/hours.ts'
import { cacheAt, diskFreePercent } from '../../../practice/systems/story/machines.ts'
import type { Outage } from '../../../practice/systems/story/outages.ts'
import { queuesAt } from '../../../practice/systems/story/queues.ts'
import { STORM, trafficBetween, trafficOf } from '../../../practice/systems/story/traffic.ts'

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
    expect(trafficBetween('pos-service', { from: at(11), to: at(15) }, [gone]).calls).toBe(0)
    expect(trafficBetween('pos-service', { from: at(5), to: at(15) }, [gone]).calls).toBeGreaterThan(100)
  })

  it('counts over a span what happened in its parts', () => {
    const { calls, errors, errorPercent } = trafficBetween('orders-service', { from: at(5), to: at(15) }, [
      down,
    ])
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
    expect(ready(20, down) - ready(19, down)).toBeGreaterThan(200)
    expect(ready(21, mended)).toBeLessThan(ready(20, mended))
    expect(ready(25, mended)).toBeLessThan(10)
  })

  it('follows the hour of the bakeries, together: calls, queues, the cache', () => {
    const seen = (hour: number) => {
      const when = new Date(Date.UTC(2026, 10, 23, hour))
      const orders = queuesAt(when, []).find(({ name }) => name === 'orders.events')
      const { opsPerSecond } = cacheAt(when, at(0))
      return [trafficOf('orders-service', when, []).rate, orders?.ready ?? 0, opsPerSecond]
    }
    const [night, morning] = [seen(1), seen(6)]
    night.forEach((figure, index) => {
      expect(morning[index]).toBeGreaterThan(figure * 1.8)
    })
    expect(hourOfDay(new Date(Date.UTC(2026, 10, 22, 6)))).toBeLessThan(hourOfDay(at(0)))
  })

  it('is the same for the same seed, and another for another', () => {
    const rates = (seed: number) => SERVICES.map((service) => trafficOf(service, at(7), [], seed).rate)
    expect(rates(1)).toEqual(rates(1))
    expect(rates(1)).not.toEqual(rates(2))
    const random = [seededRandom(5), seededRandom(5), seededRandom(6)].map((next) => [next(), next()])
    expect(random[0]).toEqual(random[1])
    expect(random[0]).not.toEqual(random[2])
    for (let minute = 0; minute < 60; minute += 1) {
      expect(Math.abs(wobble('gateway', at(minute), 3) - 1)).toBeLessThanOrEqual(0.08)
    }
  })

  it('lets a database that is full or locked show in its service', () => {
    const full: Outage = { kind: 'connections', name: 'orders-db', from: at(10), to: null }
    expect(trafficOf('orders-service', at(11), [full]).errorPercent).toBeGreaterThan(5)
    expect(trafficOf('orders-service', at(11), [{ ...full, kind: 'locks' }]).p99Ms).toBeGreaterThan(3000)
    expect(names([full], at(11))).toContain('DatabaseConnectionsExhausted orders-db')
  })

  it('lets a queue grow that nobody reads, and no other', () => {
    const unread: Outage = { kind: 'consumer', name: 'orders.events', from: at(10), to: null }
    const queues = queuesAt(at(15), [unread])
    expect(queues.find(({ name }) => name === 'orders.events')).toMatchObject({ consumers: 0 })
    expect(queues.filter(({ ready }) => ready > 100)).toHaveLength(1)
  })

  it('makes a storm of many alerts at once', () => {
    const storm: Outage = { kind: 'storm', name: STORM, from: at(10), to: null }
    expect(names([storm], at(11)).length).toBeGreaterThan(30)
    expect(trafficOf('gateway', at(11), [storm]).p99Ms).toBeGreaterThan(2000)
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
