import { createHash } from 'node:crypto'
import { createMatcher, type Matcher, patternOf } from './matchers.ts'
import { createSilences, type Silence, type Silences } from './silences.ts'
import { alertsAt, type StoryAlert } from './story/alerts.ts'
import { startWeb, type WebReply, type WebRequest, type WebServer } from './web.ts'
import { asTold, MARK, type World } from './world.ts'

const VERSION = `0.34.0-${MARK}`
const RECEIVER = { name: 'slack' }
const RESOLVE_MS = 5 * 60_000

/** A stand-in for Alertmanager: its API v2 with the alerts of the story, and silences that work. */
export function startAlertmanager(world: World): Promise<WebServer> {
  const silences = createSilences(() => asTold(world, world.now()))
  return startWeb((request) => route(request, world, silences))
}

function route(request: WebRequest, world: World, silences: Silences): WebReply {
  const { method, path, query } = request
  if (path === '/-/ready' || path === '/-/healthy') return { status: 200, body: 'OK' }
  if (path.startsWith('/api/v1/')) return { status: 410, body: DEPRECATED }
  if (path === '/api/v2/status') return { status: 200, body: statusOf(world) }
  if (path === '/api/v2/alerts' && method === 'GET') return alerts(query, world, silences)
  if (path === '/api/v2/alerts/groups') {
    const reply = alerts(query, world, silences)
    return reply.status === 200
      ? { status: 200, body: [{ alerts: reply.body, labels: {}, receiver: RECEIVER }] }
      : reply
  }
  return (
    silences.answer(request) ?? { status: 404, body: { code: 404, message: `path ${path} was not found` } }
  )
}

const DEPRECATED = {
  status: 'deprecated',
  error:
    'The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API',
}

function statusOf(world: World) {
  return {
    cluster: { status: 'disabled', peers: [] },
    config: { original: 'route:\n  receiver: slack\nreceivers:\n- name: slack\n' },
    uptime: asTold(world, world.startedAt).toISOString(),
    versionInfo: { branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '', version: VERSION },
  }
}

function alerts(query: URLSearchParams, world: World, silences: Silences): WebReply {
  const filters = query.getAll('filter').map((text) => ({ text, matcher: createMatcher(text) }))
  const bad = filters.find(({ matcher }) => matcher === null)
  if (bad)
    return { status: 400, type: 'application/json', body: JSON.stringify(`bad matcher format: ${bad.text}`) }
  const matchers = filters.flatMap(({ matcher }) => matcher ?? [])
  const receiver = patternOf(query.get('receiver') ?? '.*')
  if (receiver === null)
    return { status: 400, type: 'application/json', body: '"failed to parse receiver param"' }
  if (!receiver.test(RECEIVER.name)) return { status: 200, body: [] }
  const now = world.now()
  const found = alertsAt(now, world.outages(), world.startedAt)
    .filter(({ state }) => state === 'firing')
    .filter(({ labels }) => matchers.every((matches: Matcher) => matches(labels)))
    .map((alert) => gettable(alert, silences.active(alert.labels), world))
    .filter(({ status: { state } }) => query.get(state === 'active' ? 'active' : 'silenced') !== 'false')
  return { status: 200, body: found.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)) }
}

function gettable(
  { labels, annotations, activeAt }: StoryAlert,
  silencing: readonly Silence[],
  world: World,
) {
  const now = asTold(world, world.now())
  return {
    annotations,
    endsAt: new Date(now.getTime() + RESOLVE_MS).toISOString(),
    fingerprint: fingerprintOf(labels),
    receivers: [RECEIVER],
    startsAt: asTold(world, activeAt).toISOString(),
    status: {
      inhibitedBy: [],
      silencedBy: silencing.map(({ id }) => id),
      mutedBy: [],
      state: silencing.length > 0 ? 'suppressed' : 'active',
    },
    updatedAt: now.toISOString(),
    generatorURL: `http://prometheus:9090/graph?g0.expr=${labels.alertname}`,
    labels,
  }
}

function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}
