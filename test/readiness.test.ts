import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, it } from 'vitest'
import { probeRoutes, type ReadinessProbe } from '../src/readiness.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(...probes: ReadinessProbe[]): Promise<string> {
  const routes = probeRoutes(probes, new Registry())
  const server = createServer((request, response) => void routes[request.url ?? '']?.(request, response))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const ready = async (url: string) => {
  const response = await fetch(`${url}/readyz`)
  return [response.status, await response.json()]
}

describe('readiness', () => {
  it('is 200 when nothing is wrong', async () => {
    expect(
      await ready(
        await serve(
          () => [],
          async () => [],
        ),
      ),
    ).toEqual([200, { ready: true, reasons: [] }])
  })

  it('is 503 with all reasons when something is', async () => {
    const url = await serve(
      () => ['the database is gone'],
      async () => ['Socket Mode is not connected'],
    )
    expect(await ready(url)).toEqual([
      503,
      { ready: false, reasons: ['the database is gone', 'Socket Mode is not connected'] },
    ])
  })

  it('does not wait for a check that hangs, nor fall over one that throws', async () => {
    const url = await serve(
      () => new Promise(() => undefined),
      () => Promise.reject(new Error('password=hunter2')),
    )
    expect(await ready(url)).toEqual([
      503,
      {
        ready: false,
        reasons: ['a check did not answer within 2000 ms', 'a check failed; the log has the cause'],
      },
    ])
  })

  it('says that it lives, and what it counts', async () => {
    const url = await serve()
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect((await fetch(`${url}/metrics`)).headers.get('content-type')).toContain('text/plain')
  })
})
