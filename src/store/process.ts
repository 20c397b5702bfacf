import type { Pool } from 'pg'
import { coerceError } from '../core/errors.ts'
import type { StoreLog } from './pool.ts'

/**
 * The lease of this process: while it is renewed, requests and runs of this process are nobody else's. One row, however
 * much is under way.
 */
export interface ProcessLease {
  /** Throws when the lease cannot be taken; may be called again. */
  start(): Promise<void>
  /** Gives up what is left at once, so that others need not wait for the lease to end. */
  stop(): Promise<void>
}

const RENEWALS_PER_LEASE = 3

export function createProcessLease(options: {
  pool: Pool
  owner: string
  leaseSeconds: number
  log: StoreLog
}): ProcessLease {
  const { pool, owner, leaseSeconds, log } = options
  let timer: NodeJS.Timeout | undefined
  const renew = () =>
    pool.query(
      `INSERT INTO process (owner, lease_until) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
       ON CONFLICT (owner) DO UPDATE SET lease_until = EXCLUDED.lease_until`,
      [owner, leaseSeconds],
    )
  return {
    async start() {
      await renew()
      clearInterval(timer)
      timer = setInterval(
        () => {
          renew().catch((thrown) =>
            log.warn({ err: coerceError(thrown) }, 'the lease of this process could not be renewed'),
          )
        },
        (leaseSeconds * 1000) / RENEWALS_PER_LEASE,
      ).unref()
    },
    async stop() {
      clearInterval(timer)
      await pool.query('DELETE FROM process WHERE owner = $1', [owner]).catch((thrown) => {
        log.warn({ err: coerceError(thrown) }, 'the lease of this process ends by itself')
      })
    },
  }
}
