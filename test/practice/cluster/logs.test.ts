import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { ApiException, Log } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceLogs } from '../../../practice/cluster/service-logs/source.ts'
import { type Client, eventually, namespace, startClient } from './client.ts'

let client: Client
beforeAll(async () => {
  client = await startClient()
})
afterAll(() => client.cluster.stop())

const podOf = (workload: string) => client.cluster.podsOf(workload)[0]!.metadata.name
const log = (workload: string, more: object = {}) =>
  client.core.readNamespacedPodLog({ namespace, name: podOf(workload), ...more })
const lines = (text: string) => text.split('\n').slice(0, -1)

describe('logs of the practice cluster, by the real client', () => {
  it('are the last lines when so many are asked for, with the time that they were said at', async () => {
    const found = lines(await log('orders-service', { tailLines: 5, timestamps: true }))
    expect(found).toHaveLength(5)
    for (const line of found) expect(line).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z ./)
    expect(found).toEqual(found.toSorted())
  })

  it('are cut to what is younger, and to so many bytes', async () => {
    const young = lines(await log('orders-service', { sinceSeconds: 600, timestamps: true }))
    expect(young.length).toBeGreaterThan(20)
    expect(new Date(young[0]!.slice(0, 24)).getTime()).toBeGreaterThan(Date.now() - 601_000)
    expect(await log('orders-service', { limitBytes: 40 })).toHaveLength(40)
  })

  it('are the same lines when they are asked for twice', async () => {
    const ask = async () => lines(await log('auth-service', { timestamps: true, tailLines: 200 }))
    const [first, again] = [await ask(), await ask()]
    expect(again).toEqual(expect.arrayContaining(first.slice(5)))
  })

  it('hold lines that were added, and a follower sees them come until the container ends', async () => {
    client.cluster.appendLog('recipes-service', ['WARN an added line'])
    expect(lines(await log('recipes-service', { tailLines: 3 }))).toContain('WARN an added line')
    const stream = new PassThrough()
    const ended = once(stream, 'end')
    let heard = ''
    stream.on('data', (chunk) => {
      heard += String(chunk)
    })
    await new Log(client.config).log(namespace, podOf('recipes-service'), 'recipes-service', stream, {
      follow: true,
      tailLines: 1,
    })
    client.cluster.appendLog(podOf('recipes-service'), ['ERROR said while it was followed'])
    await eventually(
      () => heard,
      (text) => text.includes('ERROR said while it was followed'),
    )
    client.cluster.deletePod(podOf('recipes-service'))
    await ended
  })

  it('end with a traceback for the life that crashed', async () => {
    client.cluster.setPodBehaviour('forecasting-service', 'crash-loop')
    const crashed = () => client.cluster.podsOf('forecasting-service')[0]?.status?.containerStatuses?.[0]
    await eventually(crashed, (status) => (status?.restartCount ?? 0) >= 2)
    const text = await log('forecasting-service', { previous: true })
    expect(text).toContain('Traceback (most recent call last):')
    expect(lines(text).at(-1)).toMatch(/MigrationError/)
  })

  it('end with what stopped it for the life of a database that crashed', async () => {
    client.cluster.setPodBehaviour('sales-db', 'crash-loop')
    const crashed = () => client.cluster.podsOf('sales-db')[0]?.status?.containerStatuses?.[0]
    await eventually(crashed, (status) => (status?.restartCount ?? 0) >= 2)
    expect(await log('sales-db', { previous: true })).toContain('FATAL:  could not write to file')
  })

  it('of a former life that never was, of no such container and of no such pod are refused', async () => {
    const code = (call: Promise<unknown>) =>
      call.then(
        () => 200,
        (error: unknown) => (error instanceof ApiException ? error.code : 0),
      )
    expect(await code(log('gateway', { previous: true }))).toBe(400)
    expect(await code(log('gateway', { container: 'none' }))).toBe(400)
    expect(await code(client.core.readNamespacedPodLog({ namespace, name: 'none' }))).toBe(404)
    expect(await code(log('gateway', { tailLines: -1 }))).toBe(422)
    client.cluster.setBehaviour('suppliers-service', 'image-missing')
    const pending = () =>
      client.cluster
        .podsOf('suppliers-service')
        .find(({ status }) => status?.containerStatuses?.[0]?.state.waiting)
    const pod = await eventually(pending, (found) => found !== undefined)
    expect(await code(client.core.readNamespacedPodLog({ namespace, name: pod!.metadata.name }))).toBe(400)
  })
})

describe("what the platform's containers say", () => {
  const from = new Date('2026-11-23T00:00:00Z')
  const to = new Date('2026-11-23T06:00:00Z')
  const say = (workload: string, component: string, trouble: 'database' | null = null) =>
    serviceLogs(() => trouble)(
      {
        ...{ namespace, pod: `${workload}-1`, container: workload, workload, component },
        ...{ restarts: 0, from, ended: null },
      },
      from,
      to,
    ).map(({ text }) => text)

  it('is JSON and plain lines, with requests, pools, made-up secrets and hostile markup', () => {
    const found = ['orders-service', 'sales-service', 'pos-service', 'gateway', 'auth-service'].flatMap(
      (name) => say(name, 'microservice'),
    )
    expect(found.filter((line) => line.startsWith('{')).length).toBeGreaterThan(1000)
    for (const line of found.filter((candidate) => candidate.startsWith('{'))) JSON.parse(line)
    const all = found.join('\n')
    expect(all).toContain('connection pool: ')
    expect(all).toContain('"trace_id":')
    expect(all).toContain('Tr0ub4dor-and-3-canaries')
    expect(all).toContain('<!channel>')
    expect(all).toContain('Authorization: Bearer ')
  })

  it('is mostly that the database cannot be reached while it is down', () => {
    const found = say('orders-service', 'microservice', 'database')
    const errors = found.filter((line) => line.includes('"level":"ERROR"'))
    expect(errors.length).toBeGreaterThan(found.length / 2)
    expect(errors.join('\n')).toContain('orders-db')
  })

  it('is in the manner of the program for databases, Redis, RabbitMQ and the collector', () => {
    expect(say('orders-db', 'database').join('\n')).toContain('LOG:  checkpoint complete')
    expect(say('redis', 'cache').join('\n')).toContain('Background saving')
    expect(say('rabbitmq', 'queue').join('\n')).toContain('AMQP connection')
    expect(say('signoz-otel-collector', 'telemetry').join('\n')).toContain('exporter')
  })
})
