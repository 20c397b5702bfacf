import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startPrometheus as startStandIn } from '../../../../practice/systems/prometheus.ts'
import { findProgram } from '../../../support/programs.ts'
import { startPrometheus } from '../../../support/servers.ts'
import { deploy } from '../../cluster/by-hand.ts'
import { worldByHand } from '../world.ts'
import { type Answer, ask, compare, type Probe, shapeOf } from './contract.ts'

interface Target {
  readonly url: string
  /** Seconds since 1970, at which it has figures. */
  readonly at: number
}

const query = ({ url, at }: Target, promql: string) =>
  ask(`${url}/api/v1/query?${new URLSearchParams({ query: promql, time: String(at) })}`)

interface Data {
  readonly data: { readonly resultType: string; readonly result: readonly unknown[] }
}
const dataOf = ({ body }: Answer) => (body as Data).data
const range = (target: Target, change: Readonly<Record<string, string>> = {}) => {
  const { url, at } = target
  const span = { query: 'pg_up', start: String(at - 60), end: String(at), step: '15', ...change }
  return ask(`${url}/api/v1/query_range?${new URLSearchParams(span)}`)
}
const words = ({ status, body }: Answer) => [status, body]

const WRONG = ['sum((', '', 'sum(pg_up))', 'pg_up{instance="a"', 'pg_up[5m', '  ']

const PROBES: readonly Probe<Target>[] = [
  {
    name: 'ready and healthy: what they say changes with versions, their status does not',
    ask: async ({ url }) =>
      Promise.all(
        ['/-/ready', '/-/healthy'].map(async (path) => {
          const { status, type, body } = await ask(url + path)
          return [status, type, /^Prometheus (Server )?is (Ready|Healthy)\.\n$/.test(String(body))]
        }),
      ),
  },
  {
    name: 'a query: a vector of series, each with its labels, a time and a value as text',
    async ask(target) {
      const answer = await query(target, 'pg_up')
      const { resultType, result } = dataOf(answer)
      const [first] = result as { metric: Record<string, string>; value: [number, string] }[]
      return {
        ...{ status: answer.status, type: answer.type, resultType },
        ...{ value: shapeOf(first?.value), labels: 'instance' in (first?.metric ?? {}) },
        text: first?.value[1],
      }
    },
  },
  {
    name: 'a query: the name of the metric stays, and goes when something is computed of it',
    async ask(target) {
      const names = async (promql: string) =>
        (dataOf(await query(target, promql)).result as { metric: Record<string, string> }[]).map(
          ({ metric }) => metric.__name__ ?? null,
        )[0]
      return [await names('pg_up'), await names('pg_up == 1'), await names('max by(instance)(pg_up)')]
    },
  },
  {
    name: 'a query: a number is a scalar',
    async ask(target) {
      const { body } = await query(target, '42')
      const { resultType, result } = dataOf({ status: 200, type: '', body })
      return [resultType, result[1], typeof result[0]]
    },
  },
  {
    name: 'a query: what nobody measures has no series, which is no error',
    ask: async (target) => words(await query(target, 'nothing_of_the_kind')),
  },
  {
    name: 'a query: a comparison that nothing fulfils has no series',
    ask: async (target) => dataOf(await query(target, 'pg_up > 5')),
  },
  {
    name: 'a query by POST is as one by GET',
    async ask(target) {
      const body = new URLSearchParams({ query: 'pg_up == 1', time: String(target.at) })
      const answer = await ask(`${target.url}/api/v1/query`, { method: 'POST', body })
      return [answer.status, dataOf(answer).resultType, dataOf(answer).result.length > 0]
    },
  },
  ...WRONG.map(
    (promql): Probe<Target> => ({
      name: `a query that is none: ${JSON.stringify(promql)}`,
      async ask(target) {
        const { status, body } = await query(target, promql)
        const { error, errorType, status: said } = body as Record<string, string>
        return [status, said, errorType, String(error).replace(/ ?parse error: /, 'parse error: ')]
      },
    }),
  ),
  {
    name: 'a query at a time that is none',
    async ask(target) {
      const { status, body } = await ask(`${target.url}/api/v1/query?query=pg_up&time=yesterday`)
      return [status, body]
    },
  },
  {
    name: 'a range: a matrix of series with a value every step',
    async ask(target) {
      const answer = await range(target)
      const { resultType, result } = dataOf(answer)
      const [first] = result as { values: unknown[] }[]
      return [answer.status, resultType, shapeOf(first?.values)]
    },
  },
  {
    name: 'a range: as many points as it may have, and more',
    ask: async (target) => [
      (await range(target, { start: String(target.at - 11_000), step: '1' })).status,
      words(await range(target, { start: String(target.at - 11_001), step: '1' })),
    ],
  },
  {
    name: 'a range whose ends or step are none',
    ask: async (target) => [
      words(await range(target, { start: '' })),
      words(await range(target, { end: '' })),
      words(await range(target, { start: 'yesterday' })),
      words(await range(target, { step: '0' })),
      words(await range(target, { step: '' })),
      words(await range(target, { end: String(target.at - 120) })),
    ],
  },
  {
    name: 'what it is: the fields of its build, and its flags',
    async ask({ url }) {
      const build = (await ask(`${url}/api/v1/status/buildinfo`)).body as { data: object }
      const flags = (await ask(`${url}/api/v1/status/flags`)).body as { data: Record<string, string> }
      return [shapeOf(build), typeof flags.data['storage.tsdb.retention.time']]
    },
  },
  {
    name: 'rules: a group of them, and what each says of itself',
    async ask({ url }) {
      const { data } = (await ask(`${url}/api/v1/rules?type=alert`)).body as {
        data: { groups: { rules: Record<string, unknown>[] }[] }
      }
      const fields = [
        'state',
        'name',
        'query',
        'duration',
        'labels',
        'annotations',
        'alerts',
        'health',
        'type',
      ]
      const [group] = data.groups
      const [rule] = group?.rules ?? []
      const known = fields.filter((field) => rule !== undefined && field in rule)
      const names = ['name', 'file', 'interval', 'rules'].filter(
        (field) => group !== undefined && field in group,
      )
      return { known, names, type: rule?.type, health: rule?.health }
    },
  },
  {
    name: 'alerts: one that fires, as it is told',
    async ask({ url }) {
      const { data } = (await ask(`${url}/api/v1/alerts`)).body as {
        data: { alerts: { labels: Record<string, string>; state: string; value: string }[] }
      }
      const watchdog = data.alerts.find(({ labels }) => labels.alertname === 'Watchdog')
      return [shapeOf({ ...watchdog, labels: {}, annotations: {} }), watchdog?.state, watchdog?.value]
    },
  },
  {
    name: 'targets: one that is scraped',
    async ask({ url }) {
      const { data } = (await ask(`${url}/api/v1/targets`)).body as {
        data: { activeTargets: Record<string, unknown>[]; droppedTargets: unknown }
      }
      const fields = ['labels', 'scrapePool', 'scrapeUrl', 'lastError', 'lastScrape', 'health']
      const [first] = data.activeTargets
      return [
        fields.filter((field) => first !== undefined && field in first),
        first?.health,
        data.droppedTargets,
      ]
    },
  },
  {
    name: 'an address that there is not',
    ask: async ({ url }) => words(await ask(`${url}/api/v1/nothing`)),
  },
]

const RULES = {
  groups: [{ name: 'platform', interval: '1s', rules: [{ alert: 'Watchdog', expr: 'vector(1)' }] }],
}

compare<Target>({
  system: 'Prometheus',
  probes: PROBES,
  needs: { prometheus: findProgram('prometheus') !== null },
  async standIn() {
    const world = worldByHand()
    deploy(world.cluster, 'shop', 2)
    world.cluster.clock.advance(2000)
    const server = await startStandIn(world)
    return { target: { url: server.url, at: world.now().getTime() / 1000 }, stop: () => server.stop() }
  },
  async real() {
    const target = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end('pg_up 1\n')
    })
    await new Promise<void>((listening) => target.listen(0, '127.0.0.1', listening))
    const { port } = target.address() as AddressInfo
    const server = await startPrometheus([`127.0.0.1:${port}`], [], RULES)
    const at = await firstScrape(server.url)
    const stop = async () => {
      await server.stop()
      target.closeAllConnections()
      target.close()
    }
    return { target: { url: server.url, at }, stop }
  },
})

/** When there is a figure, and the rules have been looked at. */
async function firstScrape(url: string): Promise<number> {
  const until = performance.now() + 30_000
  for (;;) {
    const at = Math.floor(Date.now() / 1000)
    const [figures, alerts] = await Promise.all([
      query({ url, at }, 'pg_up').catch(() => null),
      ask(`${url}/api/v1/alerts`).catch(() => null),
    ])
    const isThere = figures?.status === 200 && dataOf(figures).result.length > 0
    if (isThere && JSON.stringify(alerts?.body).includes('Watchdog')) return at
    if (performance.now() > until) throw new Error('Prometheus has scraped nothing within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
