import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createQueueReader } from '../../../src/adapters/rabbitmq/queues.ts'
import { Secret } from '../../../src/core/secret.ts'
import { dependencyError, everythingOf } from '../../support/expect-error.ts'
import { describeWith } from '../../support/programs.ts'
import { hasRabbitmq, RABBITMQ_PASSWORD, RABBITMQ_USER, startRabbitmq } from '../../support/rabbitmq.ts'
import { freePort, type Server } from '../../support/servers.ts'
import { sendJson, sendPage, startWeb, type WebStandIn } from '../../support/web.ts'

const soon = () => AbortSignal.timeout(10_000)
const secret = (text: string) => async () => new Secret(text)
const clock = { at: new Date('2026-11-23T05:00:00Z'), now: () => clock.at }

const reader = (server: Server, user = RABBITMQ_USER, password = RABBITMQ_PASSWORD) =>
  createQueueReader({ address: server.url, user, password: secret(password), clock })

/** Does something by the management API, as its administrator. */
async function manage(server: Server, method: string, path: string, body: unknown): Promise<void> {
  const authorization = `Basic ${btoa(`${RABBITMQ_USER}:${RABBITMQ_PASSWORD}`)}`
  const headers = { authorization, 'content-type': 'application/json' }
  const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}
const declare = (server: Server, queue: string, vhost = '%2F') =>
  manage(server, 'PUT', `/api/queues/${vhost}/${queue}`, { durable: true })
const publish = async (server: Server, queue: string, count: number) => {
  const message = { routing_key: queue, payload: 'x', payload_encoding: 'string', properties: {} }
  for (let i = 0; i < count; i += 1) {
    await manage(server, 'POST', '/api/exchanges/%2F/amq.default/publish', message)
  }
}

describeWith({ 'rabbitmq-server': hasRabbitmq() }, 'a real RabbitMQ', () => {
  let server: Server
  beforeAll(async () => {
    server = await startRabbitmq()
  }, 90_000)
  afterAll(() => server.stop())

  it('has no queues at first, which is an empty list', async () => {
    expect(await reader(server).queues(soon())).toEqual([])
  })

  it('says how deep a queue is that has just come, and leaves its consumers open', async () => {
    await declare(server, 'orders')
    await publish(server, 'orders', 3)
    expect(await reader(server).queues(soon())).toEqual([
      {
        name: 'orders',
        vhost: '/',
        type: 'classic',
        ready: 3,
        unacknowledged: 0,
        consumers: null,
        growthPerMinute: null,
        state: 'running',
      },
    ])
  })

  it('counts consumers as soon as RabbitMQ has', async () => {
    const queues = reader(server)
    const consumers = async () => (await queues.queues(soon())).map((queue) => queue.consumers)
    await expect.poll(consumers, { timeout: 15_000, interval: 250 }).toEqual([0])
  })

  it('measures growth in messages a minute since the earlier look', async () => {
    const queues = reader(server)
    expect((await queues.queues(soon()))[0]).toMatchObject({ ready: 3, growthPerMinute: null })
    await publish(server, 'orders', 6)
    clock.at = new Date(clock.at.getTime() + 120_000)
    const growth = async () => (await queues.queues(soon()))[0]?.growthPerMinute
    await expect.poll(growth, { timeout: 15_000, interval: 250 }).toBe(3)
  })

  it('lists the queues of every virtual host, page after page', async () => {
    await manage(server, 'PUT', '/api/vhosts/shop%2Feu', {})
    await manage(server, 'PUT', `/api/permissions/shop%2Feu/${RABBITMQ_USER}`, {
      configure: '.*',
      write: '.*',
      read: '.*',
    })
    const names = Array.from({ length: 501 }, (_, number) => `bulk-${number}`)
    for (let from = 0; from < names.length; from += 50) {
      await Promise.all(names.slice(from, from + 50).map((name) => declare(server, name, 'shop%2Feu')))
    }
    const found = await reader(server).queues(soon())
    expect(found).toHaveLength(502)
    expect(new Set(found.map(({ vhost }) => vhost))).toEqual(new Set(['/', 'shop/eu']))
    expect(Object.isFrozen(found[0])).toBe(true)
  }, 60_000)

  it('says how its nodes are', async () => {
    const nodes = async () => reader(server).nodes(soon())
    await expect.poll(async () => (await nodes())[0]?.memoryLimit, { timeout: 15_000 }).toBeGreaterThan(0)
    expect(await nodes()).toMatchObject([
      {
        name: expect.stringMatching(/^bakery-\d+@localhost$/),
        running: true,
        memoryAlarm: false,
        diskAlarm: false,
        partitions: [],
      },
    ])
  })

  it('says that the password is wrong, and repeats no password', async () => {
    for (const look of ['queues', 'nodes'] as const) {
      const error = await dependencyError(reader(server, RABBITMQ_USER, 'CANARY-wrong')[look](soon()))
      expect(error.message).toBe(
        `RabbitMQ at ${server.url} did not accept the configured credentials (401 Unauthorized): Login failed`,
      )
      expect(everythingOf(error)).not.toMatch(/CANARY/)
    }
  })

  it('says that a user lacks the right to look', async () => {
    await manage(server, 'PUT', '/api/users/nobody', { password: 'p', tags: '' })
    const error = await dependencyError(reader(server, 'nobody', 'p').nodes(soon()))
    expect(error.message).toMatch(/\(401 Unauthorized\): .*[Mm]anagement/)
  })
})

describeWith({ 'rabbitmq-server': hasRabbitmq() }, 'a real RabbitMQ that collects no statistics', () => {
  let server: Server
  beforeAll(async () => {
    server = await startRabbitmq([
      'management_agent.disable_metrics_collector = true',
      'vm_memory_high_watermark.absolute = 1MB',
    ])
  }, 90_000)
  afterAll(() => server.stop())

  it('tells depths on the spot, and consumers not at all', async () => {
    await declare(server, 'orders')
    expect(await reader(server).queues(soon())).toMatchObject([{ name: 'orders', ready: 0, consumers: null }])
  })

  it('tells a memory alarm all the same', async () => {
    const alarm = async () => (await reader(server).nodes(soon()))[0]?.memoryAlarm
    await expect.poll(alarm, { timeout: 15_000 }).toBe(true)
  })
})

describe('a RabbitMQ that is not well, or newer', () => {
  let server: WebStandIn | undefined
  afterEach(() => server?.stop())
  const asked = async (answer: Parameters<typeof startWeb>[0]) => {
    server = await startWeb(answer)
    return createQueueReader({ address: server.url, user: 'bakery', password: secret('p'), clock })
  }
  const QUEUE = { name: 'orders', vhost: '/', type: 'quorum', state: 'running' }
  const FIGURES = { messages_ready: 7, messages_unacknowledged: 2, consumers: 4 }

  it('answers with a bare list when it does not page', async () => {
    const queues = await asked((_, response) => sendJson(response, [{ ...QUEUE, ...FIGURES }]))
    expect(await queues.queues(soon())).toMatchObject([
      { ready: 7, unacknowledged: 2, consumers: 4, type: 'quorum' },
    ])
    expect(server?.heard).toHaveLength(1)
  })

  it('leaves figures out of its plain list and has them in the detailed one', async () => {
    const queues = await asked(({ path }, response) => {
      const items = [path.startsWith('/api/queues/detailed') ? { ...QUEUE, ...FIGURES } : QUEUE]
      sendJson(response, { items, page: 1, page_count: 1 })
    })
    expect(await queues.queues(soon())).toMatchObject([{ ready: 7, consumers: 4 }])
    expect(await queues.queues(soon())).toMatchObject([{ ready: 7, consumers: 4 }])
    expect(server?.heard.filter(({ path }) => path.startsWith('/api/queues?'))).toHaveLength(1)
  })

  it('lists a queue that is down', async () => {
    const down = { ...QUEUE, state: 'down' }
    const queues = await asked(({ path }, response) =>
      path.includes('detailed') ? sendJson(response, {}, 404) : sendJson(response, [down]),
    )
    expect(await queues.queues(soon())).toMatchObject([{ state: 'down', ready: 0, consumers: null }])
  })

  it('lists a node that does not run', async () => {
    const queues = await asked((_, response) => sendJson(response, [{ name: 'rabbit@b', running: false }]))
    expect(await queues.nodes(soon())).toMatchObject([
      { name: 'rabbit@b', running: false, memoryAlarm: false },
    ])
  })

  it('refuses the connection', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const queues = createQueueReader({ address, user: 'bakery', password: secret('p'), clock })
    expect((await dependencyError(queues.queues(soon()))).message).toBe(
      `RabbitMQ at ${address} refused the connection`,
    )
  })

  it('shows its own page instead of the API', async () => {
    const queues = await asked((_, response) => sendPage(response))
    expect((await dependencyError(queues.nodes(soon()))).message).toContain('where JSON was expected')
  })
})
