import { formatHostPort, parseHostPort } from '../../core/address.ts'
import { frozen } from '../../core/frozen.ts'
import { createLookback } from '../../core/lookback.ts'
import type { CacheReader } from '../../core/ports/caches.ts'
import type { Clock } from '../../core/ports/index.ts'
import type { SecretSource } from '../../core/secret.ts'
import { shareLooks, waitedInVain } from '../../core/waiting.ts'
import { createRedisConnection } from './connection.ts'
import { fault, redisFault } from './faults.ts'
import { type Counters, cacheState, countersOf, missingField, parseInfo } from './info.ts'

export interface RedisOptions {
  /** `host:port`; the port is 6379 when it is left out. */
  readonly address: string
  readonly password?: SecretSource | undefined
  readonly tls?: boolean
  /** The authority of the server's certificate, PEM. */
  readonly ca?: SecretSource | undefined
  readonly clock: Clock
}

const DEFAULT_PORT = 6379

/** Reads Redis (or Valkey) by `INFO` over one connection. Close it at the end. */
export function createCacheReader(options: RedisOptions): CacheReader & { close(): Promise<void> } {
  const endpoint = parseHostPort(options.address, DEFAULT_PORT)
  const where = endpoint ? `Redis at ${formatHostPort(endpoint)}` : 'Redis'
  const { password, ca, tls = false, clock } = options
  const connection = endpoint && createRedisConnection({ ...endpoint, password, ca, tls })
  const lookback = createLookback<Counters>()

  const look = async (signal: AbortSignal) => {
    if (!connection) throw fault(where, 'has an address that is not host:port')
    const info = parseInfo(await connection.info(signal))
    const missing = missingField(info)
    if (missing) throw fault(where, `answered INFO without ${missing}: a Redis or Valkey server was expected`)
    const earlier = lookback.remember({ at: clock.now(), value: countersOf(info) })
    return frozen(cacheState(info, earlier?.value ?? null))
  }
  const shared = shareLooks(look)

  return {
    async state(signal) {
      const startedAt = performance.now()
      try {
        return await shared(signal)
      } catch (error) {
        if (signal.aborted) throw fault(where, waitedInVain(startedAt), { retryable: true, cause: error })
        throw redisFault(where, error)
      }
    },
    async close() {
      await connection?.close()
    },
  }
}
