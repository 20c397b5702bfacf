import { afterEach, describe, expect, it } from 'vitest'
import { createTelemetryReader } from '../../../src/adapters/signoz/telemetry.ts'
import { Secret } from '../../../src/core/secret.ts'
import { dependencyError, everythingOf } from '../../support/expect-error.ts'
import { type Heard, sendJson, sendPage, startWeb, type WebStandIn } from '../../support/web.ts'

const soon = () => AbortSignal.timeout(5_000)
const CANARY = 'CANARY-signoz'
const from = new Date('2026-11-23T05:00:00.000Z')
const to = new Date('2026-11-23T06:00:00.000Z')

const CHECKOUT = {
  serviceName: 'checkout',
  p99: 182_000_000,
  avgDuration: 21_000_000,
  numCalls: 7_200,
  callRate: 2,
  numErrors: 36,
  errorRate: 0.5,
  num4XX: 12,
  fourXXRate: 0.16,
  dataWarning: { topLevelOps: ['overflow_operation', 'POST /pay'] },
}
const TELEMETRY = { name: 'checkout', rate: 2, calls: 7_200, errorRate: 0.5, p99Ms: 182 }

let server: WebStandIn | undefined
afterEach(() => server?.stop())

type Send = (heard: Heard, response: Parameters<typeof sendJson>[0]) => void
async function signoz(answer: Send) {
  server = await startWeb(answer)
  const key = async () => new Secret(CANARY)
  return createTelemetryReader({ address: server.url, key })
}
const paths = () => server?.heard.map(({ path }) => path)

describe('SigNoz', () => {
  it('gives each service with durations in milliseconds and errors in percent', async () => {
    const reader = await signoz((_, response) => sendJson(response, { status: 'success', data: [CHECKOUT] }))
    expect(await reader.services(from, to, soon())).toEqual([TELEMETRY])
    expect(server?.heard[0]?.headers['signoz-api-key']).toBe(CANARY)
    expect(JSON.parse(server?.heard[0]?.body ?? '')).toEqual({
      start: '1795410000000000000',
      end: '1795413600000000000',
      tags: [],
    })
  })

  it('never asks for less than a second, over which it would divide by zero', async () => {
    const reader = await signoz((_, response) => sendJson(response, { status: 'success', data: [] }))
    await reader.services(from, from, soon())
    const { start, end } = JSON.parse(server?.heard[0]?.body ?? '')
    expect(BigInt(end) - BigInt(start)).toBe(1_000_000_000n)
  })

  it('has no service when it says null, as Go writes an empty list', async () => {
    const reader = await signoz((_, response) => sendJson(response, { status: 'success', data: null }))
    expect(await reader.services(from, to, soon())).toEqual([])
  })

  it.each(['a page', '404'])(
    'is asked for version 1 when version 2 gives %s, and from then on only for that',
    async (old) => {
      const reader = await signoz(({ path }, response) => {
        if (path === '/api/v1/services')
          return sendJson(response, [{ ...CHECKOUT, num4XX: 0, fourXXRate: 0 }])
        return old === '404' ? response.writeHead(404).end() : sendPage(response)
      })
      expect(await reader.services(from, to, soon())).toEqual([TELEMETRY])
      expect(await reader.services(from, to, soon())).toEqual([TELEMETRY])
      expect(paths()).toEqual(['/api/v2/services', '/api/v1/services', '/api/v1/services'])
    },
  )
})

describe('a SigNoz that is not well', () => {
  const failure = async (answer: Send) => {
    const reader = await signoz(answer)
    const error = await dependencyError(reader.services(from, to, soon()))
    expect(everythingOf(error)).not.toContain(CANARY)
    return error
  }

  it('answers every path with its page: it is another version, or another system', async () => {
    const error = await failure((_, response) => sendPage(response))
    expect(error.message).toBe(
      `SigNoz at ${server?.url} answered 200 with text/html where JSON was expected: is the API path right for its version?`,
    )
  })

  it('does not know the key', async () => {
    const body = {
      status: 'error',
      error: { type: 'unauthenticated', code: 'unauthenticated', message: 'no user' },
    }
    const error = await failure((_, response) => sendJson(response, body, 401))
    expect(error.message).toContain('did not accept the configured credentials (401 Unauthorized): no user')
    expect(paths()).toEqual(['/api/v2/services'])
  })

  it('gives the key too low a role', async () => {
    const error = await failure((_, response) =>
      sendJson(response, { status: 'error', error: 'forbidden' }, 403),
    )
    expect(error.message).toContain(
      'does not allow this with the configured key (403 Forbidden): it needs the role viewer',
    )
  })

  it('fails in its old way of saying so', async () => {
    const body = { status: 'error', errorType: 'execution', error: 'clickhouse: connection\n refused' }
    const error = await failure((_, response) => sendJson(response, body, 500))
    expect(error.message).toContain('failed (500 Internal Server Error): clickhouse: connection refused')
    expect(error.retryable).toBe(true)
  })

  it('says something else than services', async () => {
    const error = await failure((_, response) =>
      sendJson(response, { status: 'success', data: [{ name: 'x' }] }),
    )
    expect(error.message).toContain(
      'answered /api/v2/services in a form that is not understood (data.0.serviceName',
    )
  })
})
