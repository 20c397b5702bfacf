export interface QueueState {
  readonly name: string
  readonly vhost: string
  readonly type: string
  readonly ready: number
  readonly unacknowledged: number
  readonly consumers: number
  /** Change of `ready` since the last look, in messages a minute; null at the first look. */
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
