import { z } from 'zod'
import type { QueueNodeState, QueueState } from '../../core/ports/queues.ts'

/**
 * The management API's queues and nodes. Figures may be missing: of a queue or node that has just come or is down, in the
 * reduced answers of RabbitMQ 4, and where the collection of statistics is switched off.
 * Source: https://www.rabbitmq.com/docs/http-api-reference
 */
const count = z.number().optional().catch(undefined)
const queueShape = z.object({
  name: z.string(),
  vhost: z.string(),
  type: z.string().default('classic'),
  state: z.string().default(''),
  messages_ready: count,
  messages_unacknowledged: count,
  consumers: count,
})
const nodeShape = z.object({
  name: z.string(),
  running: z.boolean().default(false),
  mem_alarm: z.boolean().optional(),
  disk_free_alarm: z.boolean().optional(),
  mem_used: count,
  mem_limit: count,
  partitions: z.array(z.string()).default([]),
})
export type QueueShape = z.infer<typeof queueShape>
export type NodeShape = z.infer<typeof nodeShape>

/** A page when one was asked for, and a bare list from servers that do not page. */
export const queuesShape = z.union([
  z.array(queueShape).transform((items) => ({ items, pages: 1 })),
  z
    .object({ items: z.array(queueShape), page_count: z.number() })
    .transform(({ items, page_count }) => ({ items, pages: page_count })),
])
export const nodesShape = z.array(nodeShape)
export const alarmsShape = z.object({
  alarms: z.array(z.object({ node: z.string(), resource: z.string() })).default([]),
})
export const refusalShape = z.object({ reason: z.string() })

export function toQueue(one: QueueShape, growthPerMinute: number | null): QueueState {
  return {
    name: one.name,
    vhost: one.vhost,
    type: one.type,
    ready: one.messages_ready ?? 0,
    unacknowledged: one.messages_unacknowledged ?? 0,
    consumers: one.consumers ?? null,
    growthPerMinute,
    state: one.state,
  }
}

export function toNode(one: NodeShape, alarms: z.infer<typeof alarmsShape>['alarms']): QueueNodeState {
  const alarmed = (resource: string) => alarms.some((it) => it.node === one.name && it.resource === resource)
  return {
    name: one.name,
    running: one.running,
    memoryAlarm: one.mem_alarm ?? alarmed('memory'),
    diskAlarm: one.disk_free_alarm ?? alarmed('disk'),
    memoryUsed: one.mem_used ?? 0,
    memoryLimit: one.mem_limit ?? 0,
    partitions: one.partitions,
  }
}
