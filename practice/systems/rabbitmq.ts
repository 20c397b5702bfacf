import { timingSafeEqual } from 'node:crypto'
import { find } from './story/outages.ts'
import { type Queue, queuesAt } from './story/queues.ts'
import { GONE, startWeb, type WebReply, type WebServer } from './web.ts'
import { MARK, type World } from './world.ts'

const NODE = 'rabbit@rabbitmq-0'
const VERSION = `4.1.4-${MARK}`

export interface Login {
  readonly user: string
  readonly password: string
}

/** A stand-in for RabbitMQ's management API, as version 4 answers: reduced lists, `/detailed` with everything. */
export function startRabbitmq(world: World, login: Login): Promise<WebServer> {
  return startWeb(({ method, path, query, headers }) => {
    if (find(world.outages(), 'workload', 'rabbitmq', world.now())) return GONE
    if (headers.authorization === undefined) return { status: 401 }
    if (!knows(headers.authorization, login)) return UNAUTHORISED
    if (method !== 'GET') return { status: 405 }
    const columns = columnsOf(query)
    const queues = queuesAt(world.now(), world.outages(), world.seed)
    if (path === '/api/overview') return { status: 200, body: overview(queues) }
    if (path === '/api/nodes') return { status: 200, body: columns([node(world)]) }
    if (path === '/api/queues' || path === '/api/queues/%2F') {
      return page(columns(queues.map(reduced)), query)
    }
    if (path === '/api/queues/detailed') return page(columns(queues.map(detailed)), query)
    const [, name] = /^\/api\/queues\/%2F\/([^/]+)$/.exec(path) ?? []
    const found = queues.find((queue) => queue.name === decodeURIComponent(name ?? ''))
    if (found) return { status: 200, body: columns([detailed(found)])[0] }
    if (HEALTHY.some((check) => path.startsWith(`/api/health/checks/${check}`))) {
      return {
        status: 200,
        body: path.endsWith(ALONE) ? { status: 'ok', reason: 'single node cluster' } : { status: 'ok' },
      }
    }
    return { status: 404, body: { error: 'Object Not Found', reason: 'Not Found' } }
  })
}

const UNAUTHORISED: WebReply = {
  status: 401,
  body: { error: 'not_authorized', reason: 'Login failed' },
}
const ALONE = 'node-is-quorum-critical'
const HEALTHY = ['alarms', 'local-alarms', 'virtual-hosts', ALONE, 'port-listener', 'protocol-listener']

function knows(authorization: string | undefined, { user, password }: Login): boolean {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)
  const given = Buffer.from(authorization ?? '')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function overview(queues: readonly Queue[]) {
  const ready = queues.reduce((sum, queue) => sum + queue.ready, 0)
  const unacknowledged = queues.reduce((sum, queue) => sum + queue.unacknowledged, 0)
  const consumers = queues.reduce((sum, queue) => sum + queue.consumers, 0)
  return {
    management_version: VERSION,
    rabbitmq_version: VERSION,
    cluster_name: NODE,
    node: NODE,
    object_totals: { connections: 31, channels: 44, exchanges: 12, queues: queues.length, consumers },
    queue_totals: {
      messages: ready + unacknowledged,
      messages_ready: ready,
      messages_unacknowledged: unacknowledged,
    },
    message_stats: { publish_details: { rate: 18.4 }, deliver_get_details: { rate: 18.2 } },
  }
}

function node({ now, startedAt }: World) {
  return {
    name: NODE,
    type: 'disc',
    running: true,
    mem_used: 171_000_000,
    mem_limit: 1_717_986_918,
    mem_alarm: false,
    disk_free: 88_000_000_000,
    disk_free_limit: 50_000_000,
    disk_free_alarm: false,
    fd_used: 61,
    fd_total: 1_048_576,
    uptime: now().getTime() - startedAt.getTime(),
    partitions: [],
  }
}

function reduced({ name, ready, unacknowledged }: Queue) {
  return {
    name,
    vhost: '/',
    type: 'classic',
    state: 'running',
    durable: true,
    auto_delete: false,
    exclusive: false,
    node: NODE,
    arguments: {},
    messages: ready + unacknowledged,
    messages_ready: ready,
    messages_unacknowledged: unacknowledged,
  }
}

function detailed(queue: Queue) {
  return { ...reduced(queue), consumers: queue.consumers, memory: 21_000 + queue.ready * 300 }
}

/** `columns=name,state`: only those fields of each. */
function columnsOf(query: URLSearchParams) {
  const wanted = query.get('columns')?.split(',')
  return (items: readonly object[]): readonly object[] =>
    wanted === undefined
      ? items
      : items.map((item) =>
          Object.fromEntries(Object.entries(item).filter(([name]) => wanted.includes(name))),
        )
}

const PAGE_SIZE = 100
const LARGEST_PAGE = 500

/** A bare list without `page`, as the real one. */
function page(items: readonly unknown[], query: URLSearchParams): WebReply {
  if (!query.has('page')) return { status: 200, body: items }
  const number = Number(query.get('page'))
  const size = Number(query.get('page_size') ?? PAGE_SIZE)
  const refuse = (error: string, reason: string): WebReply => ({ status: 400, body: { error, reason } })
  if (!Number.isInteger(number) || !Number.isInteger(size)) {
    return refuse('bad_request', `page and page_size must be integers: ${query}`)
  }
  if (number < 1 || size < 1 || size > LARGEST_PAGE) {
    const reason = 'Page number must be > 0 and page size between 1 and 500'
    return refuse('invalid_pagination_parameters', reason)
  }
  const count = Math.max(1, Math.ceil(items.length / size))
  if (number > count) {
    return refuse(
      'page_out_of_range',
      `page_out_of_range: page ${number}, size ${size}, ${items.length} items`,
    )
  }
  const shown = items.slice((number - 1) * size, number * size)
  const totals = { total_count: items.length, item_count: shown.length, filtered_count: items.length }
  return {
    status: 200,
    body: { items: shown, page: number, page_count: count, page_size: size, ...totals },
  }
}
