import { Redis } from 'ioredis'
import type { HostPort } from '../../core/address.ts'
import type { SecretSource } from '../../core/secret.ts'
import { orAborted } from '../../core/waiting.ts'
import { needsNoPassword } from './faults.ts'

export interface RedisEndpoint extends HostPort {
  readonly password?: SecretSource | undefined
  readonly tls: boolean
  /** The authority that signed the server's certificate; the system's authorities when not given. */
  readonly ca?: SecretSource | undefined
}

/** One connection, opened when it is first needed, kept, and opened again after it broke. */
export interface RedisConnection {
  info(signal: AbortSignal): Promise<string>
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 5_000

export function createRedisConnection(endpoint: RedisEndpoint): RedisConnection {
  let kept: Redis | null = null
  let closed = false

  const drop = (client: Redis | null) => {
    if (kept === client) kept = null
    client?.disconnect()
  }
  const ask = async (signal: AbortSignal) => {
    const client = kept ?? (await open(endpoint, signal))
    kept = client
    try {
      if (closed) throw new Error('Connection is closed.')
      return await orAborted(client.info(), signal)
    } catch (error) {
      drop(client)
      throw error
    }
  }

  return {
    async info(signal) {
      const wasKept = kept?.status === 'ready'
      if (!wasKept) drop(kept)
      try {
        return await ask(signal)
      } catch (error) {
        // A connection that had been kept may have died unnoticed: a fresh one decides.
        if (!wasKept || signal.aborted) throw error
        return ask(signal)
      }
    },
    async close() {
      closed = true
      drop(kept)
    },
  }
}

async function open(endpoint: RedisEndpoint, signal: AbortSignal): Promise<Redis> {
  const { host, port } = endpoint
  const ca = endpoint.tls && endpoint.ca ? (await endpoint.ca(signal)).reveal() : undefined
  const password = endpoint.password && (await endpoint.password(signal))
  const client = new Redis({ ...OPTIONS, host, port, ...(endpoint.tls && { tls: ca ? { ca } : {} }) })
  let first: unknown = null
  client.on('error', (error) => {
    first ??= error
  })
  try {
    await orAborted(client.connect(), signal)
    // Given to the constructor, ioredis would print a warning when the server needs no password.
    if (password) await orAborted(client.auth(password.reveal()).catch(unlessNeedless), signal)
    client.client('SETNAME', 'bakery').catch(() => undefined)
    return client
  } catch (error) {
    client.disconnect()
    // `connect` only says that the connection is closed; why, stands in the event before it.
    throw signal.aborted ? error : (first ?? error)
  }
}

function unlessNeedless(error: unknown): void {
  if (!needsNoPassword(error)) throw error
}

const OPTIONS = {
  lazyConnect: true,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: 100,
  enableReadyCheck: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  protocol: 2,
  disableClientInfo: true,
} as const
