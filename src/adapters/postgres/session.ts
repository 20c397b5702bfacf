import { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { orAborted } from '../../core/waiting.ts'
import type { PostgresEndpoint } from './endpoint.ts'
import { fault, wantsNoTls } from './faults.ts'
import { STATE, type StateQuestion } from './statement.ts'

/** An open connection to one instance. */
export interface Session {
  /** False once it is known to be gone. */
  isOpen(): boolean
  /** The row that `STATE` gives. A session whose answer was not waited for is gone. */
  state(question: StateQuestion, signal: AbortSignal): Promise<unknown>
  /** Says goodbye, but does not wait long for it. */
  end(): Promise<void>
  destroy(): void
}

/** Held for the whole session: nothing of ours may wait, stay or write. They travel with the start, without a round trip. */
const SETTINGS = [
  'statement_timeout=5s',
  'lock_timeout=1s',
  'idle_in_transaction_session_timeout=10s',
  'default_transaction_read_only=on',
]
const KEEP_ALIVE_MS = 30_000
const GOODBYE_MS = 500

/** Connects and logs in within what `signal` allows. */
export async function openSession(
  endpoint: PostgresEndpoint,
  where: string,
  signal: AbortSignal,
): Promise<Session> {
  if (endpoint.tls === 'off') return logIn(endpoint, where, false, signal)
  const ca = endpoint.ca && (await endpoint.ca(signal)).reveal()
  // As libpq's `require`: without an authority to check it against, TLS hides the traffic but proves no identity.
  const tls = ca ? { ca, rejectUnauthorized: true } : { rejectUnauthorized: false }
  try {
    return await logIn(endpoint, where, tls, signal)
  } catch (error) {
    if (endpoint.tls === 'require' || signal.aborted || !wantsNoTls(error)) throw error
    return logIn(endpoint, where, false, signal)
  }
}

async function logIn(
  endpoint: PostgresEndpoint,
  where: string,
  ssl: ConnectionOptions | false,
  signal: AbortSignal,
): Promise<Session> {
  const socket = new Socket()
  const client = new pg.Client({
    host: endpoint.host,
    port: endpoint.port,
    database: endpoint.database,
    user: endpoint.user,
    // Asked only when the server wants one, and then afresh: a rotated password is taken up by the next connection.
    password: async () => {
      if (endpoint.password) return (await endpoint.password(signal)).reveal()
      throw fault(endpoint, where, 'asks for a password, and none is configured')
    },
    ssl,
    stream: () => socket,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'bakery',
    options: SETTINGS.map((setting) => `-c ${setting}`).join(' '),
  })
  let lost = false
  client.on('error', () => {
    lost = true
  })
  client.on('end', () => {
    lost = true
  })
  try {
    await orAborted(client.connect(), signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
  return sessionOf(client, socket, () => lost)
}

function sessionOf(client: pg.Client, socket: Socket, isLost: () => boolean): Session {
  return {
    isOpen: () => !isLost() && !socket.destroyed,
    async state({ longTransactionSeconds, size }, signal) {
      const query = { name: 'bakery-state', text: STATE, values: [longTransactionSeconds, size] }
      const { rows } = await orAborted(client.query(query), signal)
      return rows[0]
    },
    async end() {
      const patience = AbortSignal.timeout(GOODBYE_MS)
      await orAborted(client.end(), patience).catch(() => undefined)
      socket.destroy()
    },
    destroy: () => socket.destroy(),
  }
}
