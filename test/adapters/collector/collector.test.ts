import { afterEach, describe, expect, it } from 'vitest'
import { createCollectorReader } from '../../../src/adapters/collector/collector.ts'
import { dependencyError } from '../../support/expect-error.ts'
import { freePort } from '../../support/servers.ts'
import { sendJson, sendPage, startWeb, type WebStandIn } from '../../support/web.ts'

const soon = () => AbortSignal.timeout(5_000)
let server: WebStandIn | undefined
afterEach(() => server?.stop())

async function collector(answer: Parameters<typeof startWeb>[0]) {
  server = await startWeb(answer)
  return createCollectorReader({ address: server.url })
}

describe('the collector', () => {
  it('is available since a time', async () => {
    const body = { status: 'Server available', upSince: '2026-11-20T08:00:00.123456789Z', uptime: '69h0m0s' }
    const reader = await collector((_, response) => sendJson(response, body))
    expect(await reader.state(soon())).toEqual({
      available: true,
      status: 'Server available',
      upSince: new Date('2026-11-20T08:00:00.123Z'),
    })
  })

  it('is not available, which is an answer and no failure', async () => {
    const body = { status: 'Server not available', upSince: '0001-01-01T00:00:00Z', uptime: '' }
    const reader = await collector((_, response) => sendJson(response, body, 503))
    expect(await reader.state(soon())).toEqual({
      available: false,
      status: 'Server not available',
      upSince: null,
    })
  })

  it('may have a text of its own, or none', async () => {
    const own = await collector((_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end("I'm good\n"),
    )
    expect(await own.state(soon())).toEqual({ available: true, status: "I'm good", upSince: null })
    await server?.stop()
    const mute = await collector((_, response) => response.writeHead(503).end())
    expect(await mute.state(soon())).toEqual({ available: false, status: '', upSince: null })
  })

  it('may have the second form of the extension', async () => {
    const body = { start_time: '2026-11-20T08:00:00Z', healthy: true, status: 'StatusOK' }
    const reader = await collector((_, response) => sendJson(response, body))
    expect(await reader.state(soon())).toMatchObject({
      status: 'StatusOK',
      upSince: new Date('2026-11-20T08:00:00Z'),
    })
  })
})

describe('a collector that is not well', () => {
  it('is not there', async () => {
    const address = `http://127.0.0.1:${await freePort()}`
    const error = await dependencyError(createCollectorReader({ address }).state(soon()))
    expect(error.message).toBe(`Collector at ${address} refused the connection`)
  })

  it('is a web page: another port was configured', async () => {
    const reader = await collector((_, response) => sendPage(response))
    expect((await dependencyError(reader.state(soon()))).message).toBe(
      `Collector at ${server?.url} answered 200 with a web page where its extension health_check was expected: is the port right (13133)?`,
    )
  })

  it('has no health_check on this port', async () => {
    const reader = await collector((_, response) => response.writeHead(404).end('404 page not found'))
    expect((await dependencyError(reader.state(soon()))).message).toContain(
      'has nothing at / (404 Not Found)',
    )
  })
})
