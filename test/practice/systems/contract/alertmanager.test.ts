import { startAlertmanager as startStandIn } from '../../../../practice/systems/alertmanager.ts'
import { alertsAt } from '../../../../practice/systems/story/alerts.ts'
import { findProgram } from '../../../support/programs.ts'
import { startAlertmanager } from '../../../support/servers.ts'
import { type WorldByHand, worldByHand } from '../world.ts'
import { type Answer, ask, compare, type Probe, pick, shapeOf } from './contract.ts'

interface Target {
  readonly url: string
  now(): Date
}

interface Listed {
  readonly labels: Readonly<Record<string, string>>
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] }
  readonly fingerprint: string
}

const HOUR_MS = 3_600_000
const alerts = async ({ url }: Target, query = '') =>
  (await ask(`${url}/api/v2/alerts${query}`)).body as readonly Listed[]
const filtered = async (target: Target, ...filters: readonly string[]) => {
  const found = await alerts(
    target,
    `?${new URLSearchParams(filters.map((one): [string, string] => ['filter', one]))}`,
  )
  return Array.isArray(found) ? found.map(({ labels }) => labels.alertname).toSorted() : found
}
const later = ({ now }: Target, ms = HOUR_MS) => new Date(now().getTime() + ms).toISOString()
const post = (target: Target, silence: object) =>
  ask(`${target.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ startsAt: later(target, -1000), endsAt: later(target) },
      ...{ createdBy: 'olivia', comment: 'works on it', ...silence },
    }),
  })
const matcher = (value: string, more: object = {}) => ({
  matchers: [{ name: 'alertname', value, isRegex: false, isEqual: true, ...more }],
})
const end = ({ url }: Target, id: unknown) => ask(`${url}/api/v2/silence/${id}`, { method: 'DELETE' })
/** Silences for as long as it takes to look. */
async function during<T>(target: Target, silence: object, look: () => Promise<T>): Promise<T> {
  const { silenceID } = (await post(target, silence)).body as { silenceID: string }
  try {
    return await look()
  } finally {
    await end(target, silenceID)
  }
}
const statesOf = async (target: Target, query = '') =>
  (await alerts(target, query)).map(({ labels, status }) => `${labels.alertname} ${status.state}`).toSorted()
/** What is said without ids and times. */
const tidy = ({ status, body }: Answer) => [
  status,
  JSON.parse(
    JSON.stringify(body)
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'),
  ),
]
const UNKNOWN = '11111111-1111-4111-8111-111111111111'

const PROBES: readonly Probe<Target>[] = [
  {
    name: 'ready and healthy',
    ask: async ({ url }) =>
      Promise.all(['/-/ready', '/-/healthy'].map(async (path) => (await ask(url + path)).status)),
  },
  {
    name: 'what it is: the fields of its status',
    ask: async ({ url }) => {
      const { body } = await ask(`${url}/api/v2/status`)
      const fields = ['cluster', 'config', 'uptime', 'versionInfo']
      return {
        ...(shapeOf(pick(body, fields)) as object),
        cluster: Object.keys(pick(body, fields) as object),
      }
    },
  },
  {
    name: 'an alert: its fields',
    async ask(target) {
      const [first] = await alerts(target)
      const { labels, annotations, ...rest } = first as Listed & { annotations: object }
      // 0.28 names those who mute it as well.
      const { mutedBy: _newer, ...status } = rest.status as Listed['status'] & { mutedBy?: unknown }
      return {
        ...(shapeOf({ ...rest, status }) as object),
        labelled: typeof labels,
        annotated: typeof annotations,
      }
    },
  },
  {
    name: 'alerts come in the order of their fingerprints, 16 hexadecimal digits each',
    async ask(target) {
      const prints = (await alerts(target)).map(({ fingerprint }) => fingerprint)
      return [prints.join() === prints.toSorted().join(), prints.every((one) => /^[0-9a-f]{16}$/.test(one))]
    },
  },
  {
    name: 'filters: equal, not equal, matching, not matching, several, on labels that are missing',
    ask: async (target) => ({
      equal: await filtered(target, 'severity="critical"'),
      bare: await filtered(target, 'severity=critical'),
      unequal: await filtered(target, 'severity!="critical"'),
      matching: await filtered(target, 'service=~"orders-s.*"'),
      whole: await filtered(target, 'service=~"orders"'),
      unmatching: await filtered(target, 'service!~".+"'),
      several: await filtered(target, 'severity="critical"', 'service=~"orders-s.*"'),
      missing: await filtered(target, 'nothing=""'),
      nobody: await filtered(target, 'alertname="Nobody"'),
    }),
  },
  {
    name: 'filters that are none: refused',
    async ask({ url }) {
      const bad = ['sev~~', '=x', 'a="b', 'a=~"("']
      const answers = bad.map((filter) => ask(`${url}/api/v2/alerts?${new URLSearchParams({ filter })}`))
      return (await Promise.all(answers)).map(({ status, body }) => [status, typeof body])
    },
  },
  {
    name: 'receivers: by their name, and one that there is not',
    ask: async (target) => [
      (await alerts(target, '?receiver=none|slack')).length,
      (await alerts(target, '?receiver=nobody')).length,
      (await ask(`${target.url}/api/v2/alerts?receiver=(`)).status,
    ],
  },
  {
    name: 'groups: the alerts of a receiver',
    async ask(target) {
      const { body } = await ask(`${target.url}/api/v2/alerts/groups`)
      const [group] = body as { alerts: unknown[]; labels: object; receiver: object }[]
      return { alerts: group?.alerts.length, labels: group?.labels, receiver: shapeOf(group?.receiver) }
    },
  },
  {
    name: 'a silence: what it holds back, and how lists show it',
    ask: (target) =>
      during(target, matcher('DatabaseDown'), async () => ({
        all: await statesOf(target),
        active: await statesOf(target, '?silenced=false'),
        silenced: await statesOf(target, '?active=false'),
      })),
  },
  {
    name: 'a silence: by pattern, and by what is not',
    ask: async (target) => ({
      pattern: await during(target, matcher('Database.*', { isRegex: true }), () => statesOf(target)),
      except: await during(target, matcher('Watchdog', { isEqual: false }), () => statesOf(target)),
      later: await during(target, { ...matcher('Watchdog'), startsAt: later(target, 60_000) }, () =>
        statesOf(target),
      ),
    }),
  },
  {
    name: 'a silence: its life from its making to its end',
    async ask(target) {
      const made = await post(target, matcher('DatabaseDown'))
      const { silenceID } = made.body as { silenceID: string }
      const one = () => ask(`${target.url}/api/v2/silence/${silenceID}`)
      const shown = await one()
      const ended = await end(target, silenceID)
      const after = await one()
      const states = [shown, after].map(({ body }) => (body as { status: { state: string } }).status.state)
      return [tidy(made), shapeOf(shown.body), ended.status, states]
    },
  },
  {
    name: 'a silence that is ended twice, and one that there is not',
    async ask(target) {
      const { silenceID } = (await post(target, matcher('DatabaseDown'))).body as { silenceID: string }
      await end(target, silenceID)
      const twice = await end(target, silenceID)
      const nowhere = await ask(`${target.url}/api/v2/silence/${UNKNOWN}`)
      const nonsense = await ask(`${target.url}/api/v2/silence/none`)
      return [twice.status, typeof twice.body, nowhere.status, nonsense.status]
    },
  },
  {
    name: 'silences that are refused: without matchers, over already, backwards, matching everything, of a bad pattern',
    ask: async (target) => {
      const refused = [
        { matchers: [] },
        { ...matcher('x'), startsAt: later(target, -2 * HOUR_MS), endsAt: later(target, -HOUR_MS) },
        { ...matcher('x'), startsAt: later(target, 2 * HOUR_MS) },
        matcher(''),
        matcher('.*', { isRegex: true }),
        matcher('(', { isRegex: true }),
        { matchers: [{ name: 'a-b', value: 'c', isRegex: false, isEqual: true }] },
        { ...matcher('x'), comment: '' },
        { ...matcher('x'), createdBy: '' },
        {},
      ]
      const answers: unknown[] = []
      for (const silence of refused) answers.push((await post(target, silence)).status)
      return answers
    },
  },
  {
    name: 'an address that there is not',
    ask: async ({ url }) => {
      const { status, body } = await ask(`${url}/api/v2/nothing`)
      return [status, body]
    },
  },
]

function broken(): WorldByHand {
  const world = worldByHand()
  world.story.begin('database', 'orders-db')
  world.cluster.clock.advance(60_000)
  return world
}

compare<Target>({
  system: 'Alertmanager',
  probes: PROBES,
  needs: { 'prometheus-alertmanager': findProgram('prometheus-alertmanager') !== null },
  async standIn() {
    const world = broken()
    const server = await startStandIn(world)
    return { target: { url: server.url, now: world.now }, stop: () => server.stop() }
  },
  async real() {
    const server = await startAlertmanager()
    const { now, outages, startedAt } = broken()
    const told = alertsAt(now(), outages(), startedAt)
    await ask(`${server.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        told.map(({ labels, annotations }) => ({
          labels,
          annotations,
          generatorURL: 'http://prometheus:9090/graph',
        })),
      ),
    })
    const target = { url: server.url, now: () => new Date() }
    const until = performance.now() + 10_000
    while ((await alerts(target)).length < told.length || (await groupsOf(target)) === 0) {
      if (performance.now() > until) throw new Error('Alertmanager took no alerts within 10 s')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return { target, stop: () => server.stop() }
  },
})

async function groupsOf({ url }: Target): Promise<number> {
  return ((await ask(`${url}/api/v2/alerts/groups`)).body as unknown[]).length
}
