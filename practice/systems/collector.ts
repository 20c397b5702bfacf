import { find } from './story/outages.ts'
import { startWeb, type WebServer } from './web.ts'
import type { World } from './world.ts'

/** A stand-in for the OpenTelemetry collector: its extension `health_check`. */
export function startCollector({ now, outages, startedAt }: World): Promise<WebServer> {
  return startWeb(({ path }) => {
    if (path !== '/') return { status: 404, body: '404 page not found\n' }
    const at = now()
    if (find(outages(), 'workload', 'signoz-otel-collector', at)) {
      return {
        status: 503,
        body: { status: 'Server not available', upSince: '0001-01-01T00:00:00Z', uptime: '' },
      }
    }
    const hours = Math.floor((at.getTime() - startedAt.getTime()) / 3_600_000)
    return {
      status: 200,
      body: { status: 'Server available', upSince: startedAt.toISOString(), uptime: `${hours}h0m0s` },
    }
  })
}
