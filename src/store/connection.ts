import { Socket } from 'node:net'
import pg from 'pg'
import { coerceError } from '../core/errors.ts'
import type { StoreLog } from './pool.ts'

/** One connection of its own that is opened again whenever it breaks. */
export interface Connection {
  isUp(): boolean
  /** Runs a statement after those before it. Throws when the connection does not stand. */
  query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<pg.QueryResult<Row>>
  /** Breaks it at once, whatever it waits for; it is opened again. */
  cut(reason: string): void
  /** A second call changes nothing. */
  start(): void
  stop(): Promise<void>
}

export interface ConnectionOptions {
  readonly url: string
  /** What it is for, in the log. */
  readonly name: string
  readonly settings?: Pick<pg.ClientConfig, 'statement_timeout' | 'lock_timeout'>
  /** A statement leaves without waiting for those before it: the server goes from one to the next by itself. */
  readonly pipeline?: boolean
  /** Called with each new connection before anyone else gets it. */
  readonly prepare: (client: pg.Client) => Promise<void>
  /** Called when it stands, and when it stands no longer. */
  readonly onUp: () => void
  readonly onDown: (reason: Error) => void
  readonly log: StoreLog
}

const CONNECT_MS = 3000
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1000

export function createConnection(options: ConnectionOptions): Connection {
  let current: { client: pg.Client; socket: Socket } | null = null
  let standing = false
  let started = false
  let stopped = false
  let pause = FIRST_PAUSE_MS
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function open(): Promise<void> {
    const opened = build(options)
    current = opened
    opened.client.on('error', (error) => lost(opened.client, error))
    opened.client.on('end', () => lost(opened.client, new Error('the connection ended')))
    try {
      await opened.client.connect()
      await options.prepare(opened.client)
    } catch (thrown) {
      lost(opened.client, coerceError(thrown))
      return
    }
    if (current !== opened) return
    standing = true
    pause = FIRST_PAUSE_MS
    options.onUp()
  }

  function lost(client: pg.Client, reason: Error): void {
    if (current?.client !== client) return
    const stood = standing
    current.socket.destroy()
    current = null
    standing = false
    if (stood) options.onDown(reason)
    if (stopped) return
    options.log.warn(
      { err: reason, connection: options.name },
      'a database connection is not there: trying again',
    )
    timer = setTimeout(() => void open(), pause)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }

  return {
    isUp: () => standing,
    query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig) {
      const send = async () => {
        if (!standing || !current) throw new Error('Connection terminated before this statement')
        return current.client.query<Row>(statement)
      }
      if (options.pipeline) return send()
      const result = turn.then(send)
      turn = result.catch(() => {})
      return result
    },
    cut(reason) {
      if (current) lost(current.client, new Error(reason))
    },
    start() {
      if (started) return
      started = true
      void open()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      const last = current
      if (!last) return
      await last.client.end().catch(() => {})
      last.socket.destroy()
    },
  }
}

function build({ url, name, settings, pipeline = false }: ConnectionOptions): {
  client: pg.Client
  socket: Socket
} {
  // A socket of our own making, because a statement that hangs can only be left by breaking its connection.
  const socket = new Socket()
  const client = new pg.Client({
    connectionString: url,
    application_name: `bakery ${name}`,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    stream: () => socket,
    pipeline,
    ...settings,
  })
  return { client, socket }
}
