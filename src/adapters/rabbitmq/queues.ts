import { frozen } from '../../core/frozen.ts'
import { basic, createHttpReader, type HttpReader } from '../../core/http.ts'
import type { HttpRequest } from '../../core/http-send.ts'
import { createLookback, type Look } from '../../core/lookback.ts'
import type { Clock } from '../../core/ports/index.ts'
import type { QueueReader } from '../../core/ports/queues.ts'
import type { SecretSource } from '../../core/secret.ts'
import { createQueueList, keyOf, read } from './list.ts'
import { alarmsShape, nodesShape, type QueueShape, toNode, toQueue } from './shapes.ts'

export interface RabbitmqOptions {
  /** Of the management API: `http://rabbitmq:15672`, with its `path_prefix` when it has one. */
  readonly address: string
  /** A user with the tag `monitoring`. */
  readonly user: string
  readonly password: SecretSource
  readonly clock: Clock
}

const COLUMNS = 'name,running,mem_alarm,disk_free_alarm,mem_used,mem_limit,partitions'

/** How many messages each queue had ready, by virtual host and name. */
type Depths = ReadonlyMap<string, number>

/** Reads RabbitMQ by its management API. */
export function createQueueReader(options: RabbitmqOptions): QueueReader {
  const { address, user, password, clock } = options
  const http = createHttpReader({ name: 'RabbitMQ', address, credentials: basic(user, password) })
  const lookback = createLookback<Depths>()
  const list = createQueueList(http)

  return {
    async queues(signal) {
      const found = await list(signal)
      const now: Look<Depths> = { at: clock.now(), value: depths(found) }
      const earlier = lookback.remember(now)
      return frozen(found.map((one) => toQueue(one, growthPerMinute(keyOf(one), now, earlier))))
    },
    async nodes(signal) {
      const request: HttpRequest = { operation: 'nodes', path: '/api/nodes', query: { columns: COLUMNS } }
      const found = http.understand(nodesShape, await read(http, request, signal), request)
      const silent = found.some((node) => node.running && node.mem_alarm === undefined)
      const alarms = silent ? await readAlarms(http, signal) : []
      return frozen(found.map((node) => toNode(node, alarms)))
    },
  }
}

/** A node's own figures lack the alarms where statistics are switched off; this check answers all the same, with 503. */
async function readAlarms(http: HttpReader, signal: AbortSignal) {
  const request: HttpRequest = { operation: 'alarms', path: '/api/health/checks/alarms' }
  const { status, body } = await http.json(request, signal)
  if (status !== 200 && status !== 503) throw http.refusal(request, status)
  return http.understand(alarmsShape, body, request).alarms
}

function depths(found: readonly QueueShape[]): Depths {
  return new Map(
    found.flatMap((one) => (one.messages_ready === undefined ? [] : [[keyOf(one), one.messages_ready]])),
  )
}

function growthPerMinute(key: string, now: Look<Depths>, earlier: Look<Depths> | null): number | null {
  const before = earlier?.value.get(key)
  const after = now.value.get(key)
  const minutes = earlier ? (now.at.getTime() - earlier.at.getTime()) / 60_000 : 0
  if (before === undefined || after === undefined || minutes <= 0) return null
  return Math.round(((after - before) / minutes) * 10) / 10
}
