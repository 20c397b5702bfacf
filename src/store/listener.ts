import { createConnection } from './connection.ts'
import type { StoreLog } from './pool.ts'

/** What the database tells its listeners about. */
export type Topic = 'bakery_access' | 'bakery_outbox' | 'bakery_operation'
const TOPICS: readonly Topic[] = ['bakery_access', 'bakery_outbox', 'bakery_operation']

/** One connection that LISTENs. While it is away nothing is heard, so everyone is called when it is back. */
export interface Listener {
  on(topic: Topic, callback: () => void): () => void
  start(): void
  stop(): Promise<void>
}

export function createListener(options: { url: string; log: StoreLog }): Listener {
  const callbacks = new Map<Topic, Set<() => void>>(TOPICS.map((topic) => [topic, new Set()]))
  const call = (topic: string) => {
    for (const [known, listening] of callbacks)
      if (known === topic) for (const callback of listening) callback()
  }
  const connection = createConnection({
    ...options,
    name: 'listener',
    prepare: async (client) => {
      client.on('notification', ({ channel }) => call(channel))
      for (const topic of TOPICS) await client.query(`LISTEN ${topic}`)
    },
    onUp: () => TOPICS.forEach(call),
    onDown: () => {},
  })
  return {
    on(topic, callback) {
      callbacks.get(topic)?.add(callback)
      return () => callbacks.get(topic)?.delete(callback)
    },
    start: connection.start,
    stop: connection.stop,
  }
}
