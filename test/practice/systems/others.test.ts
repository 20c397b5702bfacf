import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCollector } from '../../../practice/systems/collector.ts'
import { startRabbitmq } from '../../../practice/systems/rabbitmq.ts'
import { startSignoz } from '../../../practice/systems/signoz.ts'
import type { WebServer } from '../../../practice/systems/web.ts'
import { type WorldByHand, worldByHand } from './world.ts'

let world: WorldByHand
let signoz: WebServer
let rabbitmq: WebServer
let collector: WebServer
beforeAll(async () => {
  world = worldByHand()
  signoz = await startSignoz(world, 'the-key')
  rabbitmq = await startRabbitmq(world, { user: 'bakery', password: 'secret' })
  collector = await startCollector(world)
})
afterAll(() => Promise.all([signoz.stop(), rabbitmq.stop(), collector.stop()]))

const nanoseconds = (at: Date) => `${at.getTime()}000000`
const services = (body: unknown, key = 'the-key') =>
  fetch(`${signoz.url}/api/v2/services`, {
    method: 'POST',
    headers: { 'signoz-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const lastMinutes = (minutes: number) => ({
  start: nanoseconds(new Date(world.now().getTime() - minutes * 60_000)),
  end: nanoseconds(world.now()),
  tags: [],
})

describe('the SigNoz stand-in', () => {
  it('gives the figures of all 18 services over a span in nanoseconds', async () => {
    const { status, data } = (await (await services(lastMinutes(5))).json()) as {
      status: string
      data: Record<string, number>[]
    }
    expect(status).toBe('success')
    expect(data).toHaveLength(18)
    const gateway = data.find(({ serviceName }) => String(serviceName) === 'gateway')!
    expect(gateway.callRate! * 300).toBeCloseTo(gateway.numCalls!, -1)
    expect(gateway.p99).toBeGreaterThan(1e6)
    expect(gateway.errorRate).toBeLessThan(1)
  })

  it('refuses a wrong key and a span that is none', async () => {
    expect((await services(lastMinutes(5), 'other')).status).toBe(401)
    expect((await services({ start: 1, end: 2 })).status).toBe(400)
    expect((await services('nothing')).status).toBe(400)
  })

  it('answers unknown paths with its user interface, as the real one does', async () => {
    const answer = await fetch(`${signoz.url}/api/v9/services`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const version: unknown = await (await fetch(`${signoz.url}/api/v1/version`)).json()
    expect(version).toMatchObject({ version: 'v0.138.0-practice' })
  })
})

const login = `Basic ${Buffer.from('bakery:secret').toString('base64')}`
const ask = async (path: string, authorization = login) => {
  const answer = await fetch(`${rabbitmq.url}${path}`, { headers: { authorization } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

describe('the RabbitMQ stand-in', () => {
  it('lets nobody in without the right login', async () => {
    expect(await ask('/api/overview', 'Basic nonsense')).toMatchObject({
      status: 401,
      body: { error: 'not_authorized' },
    })
    expect((await fetch(`${rabbitmq.url}/api/overview`)).status).toBe(401)
  })

  it('says what it is, and that its node is well', async () => {
    expect((await ask('/api/overview')).body).toMatchObject({
      rabbitmq_version: '4.1.4-practice',
      object_totals: { queues: 15 },
    })
    expect((await ask('/api/nodes')).body).toMatchObject([
      { running: true, mem_alarm: false, partitions: [] },
    ])
    expect(await ask('/api/health/checks/alarms')).toEqual({ status: 200, body: { status: 'ok' } })
    expect((await ask('/api/nothing')).status).toBe(404)
  })

  it('gives queues as a bare list, in pages, reduced and with everything, as version 4 does', async () => {
    expect(await ask('/api/queues')).toMatchObject({ status: 200, body: expect.any(Array) })
    const page = await ask('/api/queues?page=2&page_size=10')
    expect(page.body).toMatchObject({ page: 2, page_count: 2, total_count: 15, item_count: 5 })
    expect((page.body.items as object[])[0]).not.toHaveProperty('consumers')
    const detailed = await ask('/api/queues/detailed?page=1&page_size=500')
    expect((detailed.body.items as object[])[0]).toMatchObject({
      name: 'auth.events',
      consumers: expect.any(Number),
    })
    expect((await ask('/api/queues?page=3&page_size=10')).status).toBe(400)
    expect((await ask('/api/queues?page=1&page_size=501')).status).toBe(400)
    expect((await ask('/api/queues/%2F/orders.events')).body).toMatchObject({ name: 'orders.events' })
  })
})

describe('the collector stand-in', () => {
  it('is available until its workload has no pod', async () => {
    const answer = await fetch(collector.url)
    expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'Server available' }])
    world.story.begin('workload', 'signoz-otel-collector')
    expect((await fetch(collector.url)).status).toBe(503)
  })
})
