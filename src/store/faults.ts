import pg from 'pg'
import { coerceError, DependencyError } from '../core/errors.ts'

/** SQLSTATE of a fault that PostgreSQL reported; undefined for anything else. */
export function sqlState(thrown: unknown): string | undefined {
  return thrown instanceof pg.DatabaseError ? thrown.code : undefined
}

/** What the driver says when a connection broke or could not be had; it gives most of these no code. */
const BROKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered|was closed)|Cannot use a pool after)/
const SYSTEM =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/

/** The connection or the server went away, so nobody knows what became of the statement. */
export function isConnectionFault(thrown: unknown): boolean {
  const state = sqlState(thrown)
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P')
  if (!(thrown instanceof Error)) return false
  const { code } = thrown as NodeJS.ErrnoException
  return BROKEN.test(thrown.message) || (typeof code === 'string' && SYSTEM.test(code))
}

/** Locks that came in each other's way: the transaction changed nothing and may be tried again. */
const TRY_AGAIN = new Set(['40001', '40P01', '55P03'])

export function isRetryable(thrown: unknown): boolean {
  return isConnectionFault(thrown) || TRY_AGAIN.has(sqlState(thrown) ?? '')
}

/** A fault of Bakery's own database, with a message that is safe to show. Whatever else was thrown stays as it is. */
export function storeFault(operation: string, thrown: unknown): Error {
  const state = sqlState(thrown)
  if (state === undefined && !isConnectionFault(thrown)) return coerceError(thrown)
  const what = isConnectionFault(thrown) ? 'cannot be reached' : `refused it (SQLSTATE ${state})`
  return new DependencyError({
    dependency: 'postgres',
    operation,
    message: `Bakery's own database ${what} while ${operation}.`,
    retryable: isRetryable(thrown),
    cause: thrown,
  })
}
