export interface QueueState {
  readonly name: string
  readonly vhost: string
  readonly type: string
  readonly ready: number
  readonly unacknowledged: number
  /** Null: RabbitMQ has not counted them, because the queue is new or the collection of statistics is switched off. */
  readonly consumers: number | null
  /** Change of `ready` since an earlier look (half a minute or more ago where there is one), in messages a minute; null at the first. */
  readonly growthPerMinute: number | null
  readonly state: string
}
export interface QueueNodeState {
  readonly name: string
  readonly running: boolean
  readonly memoryAlarm: boolean
  readonly diskAlarm: boolean
  readonly memoryUsed: number
  readonly memoryLimit: number
  readonly partitions: readonly string[]
}
/** The RabbitMQ management API. */
export interface QueueReader {
  queues(signal: AbortSignal): Promise<readonly QueueState[]>
  nodes(signal: AbortSignal): Promise<readonly QueueNodeState[]>
}
