import { createHash } from 'node:crypto'
import { type Moment, pick } from './moment.ts'
import { oddLine } from './odd.ts'

/** One line of a Python service: mostly requests, sometimes its connection pool, seldom something odd. */
export function serviceLine(moment: Moment): string {
  const { chance, trouble } = moment
  if (trouble === 'database' && chance % 10 < 7) return databaseTrouble(moment)
  const kind = chance % 400
  if (kind === 0) return oddLine(moment)
  if (kind < 8) return json(moment, 'WARNING', 'sqlalchemy.pool', poolMessage(chance), {})
  if (kind < 10) return failedRequest(moment)
  return kind % 3 === 0 ? accessLine(moment) : requestLine(moment)
}

const PATHS: readonly [string, ...string[]] = [
  '/api/v1/items',
  '/api/v1/orders/today',
  '/api/v1/recipes/42',
  '/health/ready',
  '/api/v1/tenants/1042/settings',
  '/api/v1/forecasts?days=7',
]

export function traceId({ pod, at }: Moment): string {
  return createHash('md5').update(`${pod} ${at.getTime()}`).digest('hex')
}

/** The JSON form of Python's structured logs. */
export function json(
  moment: Moment,
  level: string,
  logger: string,
  message: string,
  more: Readonly<Record<string, unknown>>,
): string {
  const { at, workload } = moment
  return JSON.stringify({
    timestamp: at.toISOString(),
    level,
    service: workload,
    logger,
    message,
    ...more,
    trace_id: traceId(moment),
  })
}

function requestLine(moment: Moment): string {
  const { chance } = moment
  const path = pick(PATHS, chance, 7)
  const facts = {
    method: 'GET',
    path,
    status: 200,
    duration_ms: 6 + (chance % 60),
    tenant: 1000 + (chance % 80),
  }
  return json(moment, 'INFO', 'app.api', 'request handled', facts)
}

function accessLine({ chance }: Moment): string {
  const path = pick(PATHS, chance, 11)
  return `INFO:     10.244.${chance % 3}.${chance % 200}:${40_000 + (chance % 9999)} - "GET ${path} HTTP/1.1" 200 OK`
}

function failedRequest(moment: Moment): string {
  const { chance } = moment
  const facts = { method: 'POST', path: pick(PATHS, chance, 5), status: 502, duration_ms: 5003 }
  return json(moment, 'ERROR', 'app.api', 'request failed: upstream did not answer in 5 s', facts)
}

function poolMessage(chance: number): string {
  const inUse = 15 + (chance % 5)
  return `connection pool: ${inUse} of 20 connections in use, ${chance % 4} waiting`
}

function databaseTrouble(moment: Moment): string {
  const { chance, workload } = moment
  const host = `${workload.replace(/-service$/, '')}-db`
  if (chance % 3 === 0) {
    const message = 'connection pool exhausted: QueuePool limit of size 20 overflow 0 reached, timeout 30.00'
    return json(moment, 'ERROR', 'sqlalchemy.pool', message, { waiting: 3 + (chance % 40) })
  }
  const error = `connection to server at "${host}", port 5432 failed: Connection refused`
  const facts = { exception: 'psycopg.OperationalError', error, status: 503 }
  return json(moment, 'ERROR', 'app.database', 'database unavailable', facts)
}
