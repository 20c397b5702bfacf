import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAlertReader } from '../../src/adapters/alertmanager/alerts.ts'
import { createCollectorReader } from '../../src/adapters/collector/collector.ts'
import { createMetricsReader } from '../../src/adapters/prometheus/metrics.ts'
import { createQueueReader } from '../../src/adapters/rabbitmq/queues.ts'
import { createTelemetryReader } from '../../src/adapters/signoz/telemetry.ts'
import { DependencyError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { startWeb, type WebStandIn } from '../support/web.ts'

const CANARY = 'CANARY-hostile'
const RUNS = 400
const soon = () => AbortSignal.timeout(5_000)
const secret = async () => new Secret(CANARY)
const clock = { now: () => new Date('2026-11-23T05:00:00Z') }

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}
let next: Answer = { status: 200, type: 'application/json', body: '{}' }
let server: WebStandIn

beforeAll(async () => {
  server = await startWeb((_, response) => {
    response.writeHead(next.status, { 'content-type': next.type }).end(next.body)
  })
})
afterAll(() => server.stop())

/** Bodies that look like the real ones, with something else in the places that matter. */
const odd = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double(), fc.constant(null))
const shaped = fc.oneof(
  fc.record({ status: fc.constant('success'), data: odd }),
  fc.record({ status: fc.constant('error'), errorType: odd, error: odd }),
  fc.array(fc.record({ name: odd, labels: fc.dictionary(fc.string(), odd), startsAt: odd, status: odd })),
  fc.record({ items: fc.array(fc.record({ name: odd, vhost: odd, messages_ready: odd })), page_count: odd }),
  fc.array(fc.record({ serviceName: odd, p99: odd, numCalls: odd, callRate: odd, errorRate: odd })),
  odd,
)
const answers: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(200, 200, 200, 400, 401, 403, 404, 422, 500, 503),
  type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/html', 'text/plain'),
  body: fc.oneof(
    shaped.map((value) => JSON.stringify(value) ?? ''),
    fc.string({ unit: 'binary' }),
  ),
})

const readers: Readonly<Record<string, () => Promise<unknown>>> = {
  Prometheus: () => createMetricsReader({ address: server.url, token: secret }).query('up', soon()),
  Alertmanager: () => createAlertReader({ address: server.url, token: secret }).alerts(soon()),
  SigNoz: () =>
    createTelemetryReader({ address: server.url, key: secret }).services(new Date(0), new Date(1e6), soon()),
  'the collector': () => createCollectorReader({ address: server.url }).state(soon()),
  'RabbitMQ (queues)': () =>
    createQueueReader({ address: server.url, user: 'u', password: secret, clock }).queues(soon()),
  'RabbitMQ (nodes)': () =>
    createQueueReader({ address: server.url, user: 'u', password: secret, clock }).nodes(soon()),
}

describe('an answer that nobody expects', () => {
  it.each(Object.keys(readers))(
    'from %s gives data or one line that says so, without our secret',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(answers, async (answer) => {
          next = answer
          try {
            await readers[name]?.()
          } catch (error) {
            expect(error).toBeInstanceOf(DependencyError)
            const { message } = error as DependencyError
            expect(message).not.toMatch(/\p{Cc}/u)
            expect(message).not.toContain(CANARY)
            expect(message.length).toBeLessThan(500)
          }
        }),
        { numRuns: RUNS },
      )
    },
  )
})
