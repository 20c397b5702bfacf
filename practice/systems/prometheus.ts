import { FIGURES } from './figures.ts'
import { type Series, shape, syntaxFault } from './promql.ts'
import { alertsAt, type StoryAlert } from './story/alerts.ts'
import { RULES } from './story/rules.ts'
import { startWeb, type WebReply, type WebRequest, type WebServer } from './web.ts'
import { asTold, inStory, MARK, type World } from './world.ts'

const VERSION = `3.7.1-${MARK}`
const MOST_POINTS = 11_000

/** A stand-in for Prometheus: the figures of the story for the queries it knows (figures.ts), none for others. */
export function startPrometheus(world: World): Promise<WebServer> {
  return startWeb((request) => {
    const { path } = request
    if (path === '/-/ready') return { status: 200, body: 'Prometheus Server is Ready.\n' }
    if (path === '/-/healthy') return { status: 200, body: 'Prometheus Server is Healthy.\n' }
    const alerts = () => alertsAt(world.now(), world.outages(), world.startedAt)
    switch (path) {
      case '/api/v1/query':
        return query(world, parameters(request))
      case '/api/v1/query_range':
        return queryRange(world, parameters(request))
      case '/api/v1/alerts':
        return success({ alerts: alerts().map((alert) => showAlert(alert, world)) })
      case '/api/v1/rules':
        return success({
          groups: [{ name: 'platform', file: 'rules.yml', interval: 15, rules: rules(alerts(), world) }],
        })
      case '/api/v1/targets':
        return success({ activeTargets: targets(world), droppedTargets: [] })
      case '/api/v1/status/buildinfo':
        return success({
          version: VERSION,
          revision: MARK,
          branch: '',
          buildUser: '',
          buildDate: '',
          goVersion: '',
        })
      case '/api/v1/status/flags':
        return success({ 'storage.tsdb.retention.time': '15d' })
      default:
        return { status: 404, body: '404 page not found\n' }
    }
  })
}

const success = (data: unknown): WebReply => ({ status: 200, body: { status: 'success', data } })
const badData = (error: string): WebReply => ({
  status: 400,
  body: { status: 'error', errorType: 'bad_data', error },
})

/** From the address, or from the body of a POST. */
function parameters({ method, query, body }: WebRequest): URLSearchParams {
  return method === 'POST' ? new URLSearchParams([...query, ...new URLSearchParams(body)]) : query
}

const notATime = (text: string | null) => `cannot parse "${text ?? ''}" to a valid timestamp`

/** Seconds since the epoch, or RFC 3339; null when it is neither. */
function timeOf(text: string | null): Date | null {
  if (text === null || text === '') return null
  const at = /^-?[\d.]+$/.test(text) ? new Date(Number(text) * 1000) : new Date(text)
  return Number.isNaN(at.getTime()) ? null : at
}

/** `moment`: in the story's time. */
function evaluate(world: World, promql: string, moment: Date): Series[] {
  const known = FIGURES.find(([pattern]) => pattern.test(promql))
  return known ? shape(promql, known[1](world, moment, promql)) : []
}

function query(world: World, given: URLSearchParams): WebReply {
  const promql = given.get('query') ?? ''
  const fault = syntaxFault(promql)
  if (fault !== null) return badData(`invalid parameter "query": ${fault}`)
  const time = given.get('time') ?? ''
  const named = timeOf(time)
  if (time !== '' && named === null) {
    return badData(`invalid parameter "time": Invalid time value for 'time': ${notATime(time)}`)
  }
  const moment = named === null ? world.now() : inStory(world, named)
  const seconds = (named ?? asTold(world, moment)).getTime() / 1000
  if (/^\s*-?[\d.]+\s*$/.test(promql)) {
    return success({ resultType: 'scalar', result: [seconds, String(Number(promql))] })
  }
  const result = evaluate(world, promql, moment).map(({ labels, value }) => ({
    metric: labels,
    value: [seconds, String(value)],
  }))
  return success({ resultType: 'vector', result })
}

function queryRange(world: World, given: URLSearchParams): WebReply {
  const promql = given.get('query') ?? ''
  const fault = syntaxFault(promql)
  if (fault !== null) return badData(`invalid parameter "query": ${fault}`)
  const [start, end] = [timeOf(given.get('start')), timeOf(given.get('end'))]
  const width = given.get('step') ?? ''
  const step = Number(width === '' ? 'none' : width)
  if (start === null) return badData(`invalid parameter "start": ${notATime(given.get('start'))}`)
  if (end === null) return badData(`invalid parameter "end": ${notATime(given.get('end'))}`)
  if (end < start) return badData('invalid parameter "end": end timestamp must not be before start time')
  if (Number.isNaN(step))
    return badData(`invalid parameter "step": cannot parse "${width}" to a valid duration`)
  if (step <= 0) {
    return badData(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  const points = Math.floor((end.getTime() - start.getTime()) / 1000 / step) + 1
  if (points - 1 > MOST_POINTS) {
    return badData(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    )
  }
  const rows = new Map<string, { metric: Series['labels']; values: [number, string][] }>()
  for (let point = 0; point < points; point += 1) {
    const at = new Date(start.getTime() + point * step * 1000)
    for (const { labels, value } of evaluate(world, promql, inStory(world, at))) {
      const key = JSON.stringify(labels)
      const row = rows.get(key) ?? { metric: labels, values: [] }
      row.values.push([at.getTime() / 1000, String(value)])
      rows.set(key, row)
    }
  }
  return success({ resultType: 'matrix', result: [...rows.values()] })
}

const showAlert = ({ labels, annotations, state, activeAt }: StoryAlert, world: World) => ({
  labels,
  annotations,
  state,
  activeAt: asTold(world, activeAt).toISOString(),
  value: '1e+00',
})

function rules(alerts: readonly StoryAlert[], world: World) {
  return RULES.map(({ name, query, forSeconds, severity }) => {
    const own = alerts.filter(({ labels }) => labels.alertname === name)
    const firing = own.some(({ state }) => state === 'firing')
    const pending = own.length > 0 ? 'pending' : 'inactive'
    return {
      state: firing ? 'firing' : pending,
      name,
      query,
      duration: forSeconds,
      labels: { severity },
      annotations: {},
      alerts: own.map((alert) => showAlert(alert, world)),
      health: 'ok',
      type: 'alerting',
    }
  })
}

function targets(world: World) {
  const scraped = new Date(asTold(world, world.now()).getTime() - 4000).toISOString()
  return evaluate(world, 'up', world.now()).map(({ labels: { job = '', instance = '' }, value }) => ({
    discoveredLabels: {},
    labels: { instance, job },
    scrapePool: job,
    scrapeUrl: `http://${instance}/metrics`,
    lastError: '',
    lastScrape: scraped,
    health: value === 1 ? 'up' : 'down',
  }))
}
