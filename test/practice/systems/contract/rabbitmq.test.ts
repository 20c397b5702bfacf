import { startRabbitmq as startStandIn } from '../../../../practice/systems/rabbitmq.ts'
import { hasRabbitmq, RABBITMQ_PASSWORD, RABBITMQ_USER, startRabbitmq } from '../../../support/rabbitmq.ts'
import { worldByHand } from '../world.ts'
import { type Answer, ask, compare, type Probe, pick, shapeOf } from './contract.ts'

/** The management API's address. */
type Target = string

const login = (user: string, password: string) => ({ authorization: `Basic ${btoa(`${user}:${password}`)}` })
const get = (target: Target, path: string, init: RequestInit = {}) =>
  ask(target + path, { headers: login(RABBITMQ_USER, RABBITMQ_PASSWORD), ...init })

interface Error {
  readonly error?: unknown
  readonly reason?: unknown
}
/** A refusal: its status, and whether it gives a word and a reason as text. */
const refusal = ({ status, type, body }: Answer) => {
  const { error, reason } = body as Error
  return { status, type, error: typeof error, reason: typeof reason }
}
const firstOf = ({ body }: Answer) => (Array.isArray(body) ? body : (body as { items: unknown[] }).items)[0]

const ALWAYS = ['name', 'vhost', 'type', 'state', 'durable', 'auto_delete', 'exclusive', 'node', 'arguments']
const COUNTED = ['messages', 'messages_ready', 'messages_unacknowledged']
const NODE = ['name', 'type', 'running', 'mem_used', 'mem_limit', 'mem_alarm', 'disk_free', 'disk_free_limit']
const NODE_MORE = ['disk_free_alarm', 'fd_used', 'fd_total', 'uptime', 'partitions']
const PAGE = ['page', 'page_count', 'page_size', 'total_count', 'item_count', 'filtered_count']

/** That Bakery pages through, with the columns that it asks for. */
const COLUMNS = 'name,vhost,type,state,messages_ready,messages_unacknowledged'
const paged = (page: string, size: string) =>
  `/api/queues?page=${page}&page_size=${size}&enable_queue_totals=true&disable_stats=true&columns=${COLUMNS}`

const PROBES: readonly Probe<Target>[] = [
  {
    name: 'nobody is let in without a login, or with a wrong one',
    ask: async (target) => [
      refusal(await ask(`${target}/api/overview`)),
      refusal(await get(target, '/api/overview', { headers: login(RABBITMQ_USER, 'wrong') })),
      refusal(await get(target, '/api/queues', { headers: login('nobody', RABBITMQ_PASSWORD) })),
      refusal(await get(target, '/api/queues', { headers: { authorization: 'Bearer nonsense' } })),
    ],
  },
  {
    name: 'the overview: its names and kinds of fields',
    async ask(target) {
      const { status, type, body } = await get(target, '/api/overview')
      const { object_totals } = body as { object_totals: unknown }
      const named = pick(body, ['management_version', 'rabbitmq_version', 'cluster_name', 'node'])
      return { status, type, named: shapeOf(named), object_totals: shapeOf(object_totals) }
    },
  },
  {
    name: 'nodes: how one is',
    ask: async (target) => shapeOf(pick(firstOf(await get(target, '/api/nodes')), [...NODE, ...NODE_MORE])),
  },
  {
    name: 'nodes: only the columns that are asked for',
    ask: async (target) => shapeOf((await get(target, '/api/nodes?columns=name,running,partitions')).body),
  },
  {
    name: 'queues: a bare list without pages',
    async ask(target) {
      const answer = await get(target, '/api/queues?disable_stats=true&enable_queue_totals=true')
      return [answer.status, answer.type, shapeOf(pick(firstOf(answer), [...ALWAYS, ...COUNTED]))]
    },
  },
  {
    name: 'queues of one virtual host, and of one that there is not',
    ask: async (target) => {
      const found = await get(target, '/api/queues/%2F?disable_stats=true')
      const missing = await get(target, '/api/queues/nowhere')
      return [found.status, Array.isArray(found.body), refusal(missing)]
    },
  },
  {
    name: 'queues in pages: what a page says of itself',
    async ask(target) {
      const { status, body } = await get(target, paged('1', '1'))
      const { items } = body as { items: unknown[] }
      return [status, shapeOf(pick(body, PAGE)), items.length, shapeOf(items)]
    },
  },
  {
    name: 'queues in pages: those that there are not, and sizes that are none',
    async ask(target) {
      const queries = [
        paged('9999', '500'),
        paged('1', '501'),
        paged('0', '10'),
        paged('1', '0'),
        paged('one', '10'),
        paged('1', 'ten'),
      ]
      const answers = await Promise.all(queries.map((query) => get(target, query)))
      return answers.map((answer) => [answer.status, (answer.body as Error).error])
    },
  },
  {
    name: 'one queue, and one that there is not',
    async ask(target) {
      const found = await get(target, '/api/queues/%2F/orders.events')
      const missing = await get(target, '/api/queues/%2F/none')
      return [found.status, shapeOf(pick(found.body, ALWAYS)), missing.status, missing.body]
    },
  },
  {
    name: 'the checks that nothing is wrong',
    async ask(target) {
      const checks = ['alarms', 'local-alarms', 'virtual-hosts', 'node-is-quorum-critical']
      const answers = await Promise.all(checks.map((check) => get(target, `/api/health/checks/${check}`)))
      return answers.map(({ status, body }) => [status, body])
    },
  },
  {
    name: 'an address that there is not',
    async ask(target) {
      const { status, type, body } = await get(target, '/api/nothing')
      return [status, type, body]
    },
  },
  {
    name: 'a method that is not for reading',
    ask: async (target) => (await get(target, '/api/nodes', { method: 'POST', body: '{}' })).status,
  },
]

compare<Target>({
  system: 'RabbitMQ',
  probes: PROBES,
  needs: { 'rabbitmq-server': hasRabbitmq() },
  async standIn() {
    const user = { user: RABBITMQ_USER, password: RABBITMQ_PASSWORD }
    const server = await startStandIn(worldByHand(), user)
    return { target: server.url, stop: () => server.stop() }
  },
  async real() {
    const server = await startRabbitmq()
    for (const queue of ['orders.events', 'sales.events', 'pos.events']) {
      await get(server.url, `/api/queues/%2F/${queue}`, {
        method: 'PUT',
        headers: { ...login(RABBITMQ_USER, RABBITMQ_PASSWORD), 'content-type': 'application/json' },
        body: '{"durable":true}',
      })
    }
    await counted(server.url)
    return { target: server.url, stop: () => server.stop() }
  },
})

/** Figures are collected every half second: before that there are none. */
async function counted(url: string): Promise<void> {
  const until = performance.now() + 20_000
  const isThere = async () => {
    const [node, queue] = [await get(url, '/api/nodes'), await get(url, '/api/queues/%2F/orders.events')]
    return (
      JSON.stringify(node.body).includes('mem_used') && JSON.stringify(queue.body).includes('messages_ready')
    )
  }
  while (!(await isThere())) {
    if (performance.now() > until) throw new Error('RabbitMQ has counted nothing within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
