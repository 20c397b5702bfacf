import pg from 'pg'

/** What the store says while it works. */
export interface StoreLog {
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

const CONNECT_MS = 5000
const STATEMENT_MS = 15_000
const IDLE_IN_TRANSACTION_MS = 15_000
const LOCK_MS = 10_000
const DEFAULT_CONNECTIONS = 8
/** Stay open after a quiet while: a click at 3 a.m. does not wait until they are opened, and their statements planned, anew. */
const KEPT_CONNECTIONS = 4

/** The connections that everything but recording requests and listening goes through. */
export function createPool(options: { url: string; log: StoreLog; max?: number }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: 'bakery',
    max: options.max ?? DEFAULT_CONNECTIONS,
    min: Math.min(KEPT_CONNECTIONS, options.max ?? DEFAULT_CONNECTIONS),
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + 1000,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    lock_timeout: LOCK_MS,
    keepAlive: true,
  })
  // Without a listener, an idle connection that breaks would end the process.
  pool.on('error', ({ message }) =>
    options.log.warn({ reason: message }, 'an idle database connection broke'),
  )
  return pool
}
