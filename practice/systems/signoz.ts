import { SERVICES } from '../cluster/platform-names.ts'
import { trafficBetween } from './story/traffic.ts'
import { startWeb, type WebReply, type WebRequest, type WebServer } from './web.ts'
import { inStory, MARK, type World } from './world.ts'

const VERSION = `v0.138.0-${MARK}`
const NANOSECONDS_PER_MS = 1e6

/** A stand-in for SigNoz: health, version, and the services with their figures. The key comes in `SIGNOZ-API-KEY`. */
export function startSignoz(world: World, key: string): Promise<WebServer> {
  return startWeb((request) => {
    const { method, path, headers, query } = request
    if (path === '/api/v1/health') return { status: 200, body: { status: 'ok', ...live(query) } }
    if (path === '/api/v1/version') {
      return { status: 200, body: { version: VERSION, ee: 'N', setupCompleted: true } }
    }
    if (method === 'POST' && (path === '/api/v2/services' || path === '/api/v1/services')) {
      if (headers['signoz-api-key'] !== key) return failure(401, 'unauthenticated', 'unauthenticated')
      return services(world, request)
    }
    if (path === '/api/v1/services/list') {
      if (headers['signoz-api-key'] !== key) return failure(401, 'unauthenticated', 'unauthenticated')
      return { status: 200, body: SERVICES }
    }
    // As the real one: whatever is not known is the user interface.
    return { status: 200, type: 'text/html; charset=utf-8', body: PAGE }
  })
}

const PAGE = `<!doctype html><html lang="en"><title>SigNoz (${MARK})</title><div id="root"></div></html>\n`
const live = (query: URLSearchParams) => (query.get('live') === '1' ? { clickhouse: 'ok' } : {})

function failure(status: number, code: string, message: string): WebReply {
  return {
    status,
    body: { status: 'error', error: { type: code, code, message, errors: [], suggestions: [] } },
  }
}

interface Asked {
  readonly start?: unknown
  readonly end?: unknown
}

function services(world: World, { path, body }: WebRequest): WebReply {
  const { outages, seed } = world
  const [start, end] = spanOf(body)
  if (start === null || end === null)
    return failure(400, 'invalid_input', 'start and end must be nanoseconds, as text')
  const span = { from: inStory(world, start), to: inStory(world, end) }
  const found = SERVICES.flatMap((serviceName) => {
    const { rate, calls, errors, errorPercent, p99Ms } = trafficBetween(serviceName, span, outages(), seed)
    if (calls === 0) return []
    return {
      serviceName,
      p99: Math.round(p99Ms * NANOSECONDS_PER_MS),
      avgDuration: Math.round((p99Ms / 9) * NANOSECONDS_PER_MS),
      numCalls: calls,
      callRate: rate,
      numErrors: errors,
      errorRate: errorPercent,
      num4XX: Math.round(calls / 90),
      fourXXRate: 100 / 90,
      dataWarning: { topLevelOps: [] },
    }
  })
  return { status: 200, body: path === '/api/v1/services' ? found : { status: 'success', data: found } }
}

function spanOf(body: string): [Date | null, Date | null] {
  try {
    const { start, end } = JSON.parse(body) as Asked
    return [fromNanoseconds(start), fromNanoseconds(end)]
  } catch {
    return [null, null]
  }
}

function fromNanoseconds(value: unknown): Date | null {
  const isTime = typeof value === 'string' && /^\d{16,20}$/.test(value)
  return isTime ? new Date(Number(value.slice(0, -6))) : null
}
