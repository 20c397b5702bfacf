import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'

/** Answers one path of the process's own HTTP server. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** Says why the process cannot do its work just now; empty when it can. Quick: it is asked every few seconds. */
export type ReadinessProbe = () => readonly string[] | Promise<readonly string[]>

const PROBE_MS = 2000

/** `/livez`, `/readyz` and `/metrics` (docs/CONTRACT.md, "Processes"). */
export function probeRoutes(probes: readonly ReadinessProbe[], metrics: Registry): Record<string, Route> {
  return {
    '/livez': (_, response) => send(response, 200, 'text/plain', 'ok\n'),
    '/readyz': async (_, response) => {
      const reasons = (await Promise.all(probes.map(withinTime))).flat()
      const body = JSON.stringify({ ready: reasons.length === 0, reasons })
      send(response, reasons.length === 0 ? 200 : 503, 'application/json', body)
    },
    '/metrics': async (_, response) => send(response, 200, metrics.contentType, await metrics.metrics()),
  }
}

async function withinTime(probe: ReadinessProbe): Promise<readonly string[]> {
  const late = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([`a check did not answer within ${PROBE_MS} ms`]), PROBE_MS).unref()
  })
  try {
    return await Promise.race([probe(), late])
  } catch {
    return ['a check failed; the log has the cause']
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
