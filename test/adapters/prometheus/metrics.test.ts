import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createMetricsReader } from '../../../src/adapters/prometheus/metrics.ts'
import { Secret } from '../../../src/core/secret.ts'
import { dependencyError, everythingOf } from '../../support/expect-error.ts'
import { describeWith, findProgram } from '../../support/programs.ts'
import { freePort, type Server, startPrometheus } from '../../support/servers.ts'
import { sendJson, sendPage, startWeb, type WebStandIn } from '../../support/web.ts'

const soon = () => AbortSignal.timeout(5_000)
const CANARY = 'CANARY-prometheus'

describeWith({ prometheus: findProgram('prometheus') !== null }, 'a real Prometheus', () => {
  let target: WebStandIn
  let server: Server

  beforeAll(async () => {
    target = await startWeb((_, response) => {
      const lines = ['shop_orders 42', 'shop_rate NaN', 'shop_limit +Inf', 'shop_by_kind{kind="a\\"b"} 1e-7']
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${lines.join('\n')}\n`)
    })
    server = await startPrometheus([`127.0.0.1:${target.port}`], ['--web.route-prefix=/metrics-of-it'])
  })
  afterAll(async () => {
    await server.stop()
    await target.stop()
  })

  const reader = () => createMetricsReader({ address: `${server.url}/metrics-of-it` })
  const query = async (promql: string) => reader().query(promql, soon())

  it('becomes ready', async () => {
    await expect
      .poll(
        () =>
          reader()
            .ready(soon())
            .then(() => 'ready'),
        { timeout: 15_000 },
      )
      .toBe('ready')
  })

  it('gives what it has scraped, NaN and infinity included', async () => {
    await expect.poll(() => query('shop_orders'), { timeout: 15_000 }).toHaveLength(1)
    const [orders] = await query('shop_orders')
    expect(orders).toMatchObject({
      value: 42,
      labels: { job: 'bakery', instance: `127.0.0.1:${target.port}` },
    })
    expect(Math.abs(Date.now() - (orders?.at.getTime() ?? 0))).toBeLessThan(60_000)
    expect((await query('shop_rate'))[0]?.value).toBeNaN()
    expect((await query('shop_limit'))[0]?.value).toBe(Number.POSITIVE_INFINITY)
    expect(await query('shop_by_kind{kind="a\\"b"}')).toMatchObject([
      { value: 1e-7, labels: { kind: 'a"b' } },
    ])
  })

  it('gives a scalar as one sample without labels', async () => {
    expect(await query('6 * 7')).toMatchObject([{ value: 42, labels: {} }])
  })

  it('gives an empty list for a metric that nobody has', async () => {
    expect(await query('there_is_no_such_metric')).toEqual([])
  })

  it('gives data that nobody can change', async () => {
    const samples = await query('vector(1)')
    expect(
      Object.isFrozen(samples) && Object.isFrozen(samples[0]) && Object.isFrozen(samples[0]?.labels),
    ).toBe(true)
  })

  it('says what is wrong with a query', async () => {
    const error = await dependencyError(query('sum(up'))
    expect(error.message).toMatch(
      /could not evaluate the query \(400 Bad Request\): bad_data: .*unclosed left parenthesis/,
    )
    expect(error.retryable).toBe(false)
  })

  it('does not take a range for an instant', async () => {
    const error = await dependencyError(query('shop_orders[1m]'))
    expect(error.message).toContain('in a form that is not understood')
  })

  it('takes queries that are longer than an address may be', async () => {
    const long = `vector(1) ${'+ vector(0) '.repeat(1_000)}`
    expect(await query(long)).toMatchObject([{ value: 1 }])
  })

  it('is found by its prefix alone', async () => {
    const error = await dependencyError(createMetricsReader({ address: server.url }).query('up', soon()))
    expect(error.message).toContain('has nothing at /api/v1/query (404 Not Found): is its address right')
  })
})

describe('a Prometheus that is not well', () => {
  let server: WebStandIn | undefined
  afterEach(() => server?.stop())

  it('is not ready while it replays its log', async () => {
    server = await startWeb((_, response) => response.writeHead(503).end('Service Unavailable'))
    const error = await dependencyError(createMetricsReader({ address: server.url }).ready(soon()))
    expect(error.message).toBe(
      `Prometheus at ${server.url} is not ready yet (503 Service Unavailable): it may still be replaying its log`,
    )
    expect(error.retryable).toBe(true)
  })

  it('refuses the connection', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const error = await dependencyError(createMetricsReader({ address }).query('up', soon()))
    expect(error.message).toBe(`Prometheus at ${address} refused the connection`)
  })

  it('times out on a query', async () => {
    const body = { status: 'error', errorType: 'timeout', error: 'query timed out in expression evaluation' }
    server = await startWeb((_, response) => sendJson(response, body, 503))
    const error = await dependencyError(createMetricsReader({ address: server.url }).query('up', soon()))
    expect(error.message).toContain('(503 Service Unavailable): timeout: query timed out')
    expect(error.retryable).toBe(true)
  })

  it('is another system at that address', async () => {
    server = await startWeb((_, response) => sendPage(response))
    const error = await dependencyError(createMetricsReader({ address: server.url }).query('up', soon()))
    expect(error.message).toContain('answered 200 with text/html where JSON was expected')
  })

  it('gives a value that is none', async () => {
    const result = [{ metric: {}, value: [1_763_800_000, 'many'] }]
    const body = { status: 'success', data: { resultType: 'vector', result } }
    server = await startWeb((_, response) => sendJson(response, body))
    const error = await dependencyError(createMetricsReader({ address: server.url }).query('up', soon()))
    expect(error.message).toContain('data.result.0.value.1: expected a number, NaN or Inf')
  })

  it('does not take our token, and the token is in no error', async () => {
    server = await startWeb((_, response) => response.writeHead(401).end('Unauthorized'))
    const token = async () => new Secret(CANARY)
    const error = await dependencyError(
      createMetricsReader({ address: server.url, token }).query('up', soon()),
    )
    expect(error.message).toContain('did not accept the configured credentials (401 Unauthorized)')
    expect(everythingOf(error)).not.toContain(CANARY)
    expect(server.heard[0]?.headers.authorization).toBe(`Bearer ${CANARY}`)
  })
})
