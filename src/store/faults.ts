import { coerceError, DependencyError, UserError } from '../core/errors.ts'

/** SQLSTATE of a fault that PostgreSQL reported; undefined for a connection that broke. */
export function sqlState(thrown: unknown): string | undefined {
  const { code } = Object(thrown) as { code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Class 08 and 57P: the connection or the server went away, so nobody knows what became of the statement. */
export function isConnectionFault(thrown: unknown): boolean {
  const state = sqlState(thrown)
  return state === undefined || state.startsWith('08') || state.startsWith('57P')
}

/** Locks that came in each other's way: the transaction changed nothing and may be tried again. */
const TRY_AGAIN = new Set(['40001', '40P01', '55P03'])

export function isRetryable(thrown: unknown): boolean {
  return isConnectionFault(thrown) || TRY_AGAIN.has(sqlState(thrown) ?? '')
}

/** A fault of Bakery's own database, with a message that is safe to show. What is for the person goes through as it is. */
export function storeFault(operation: string, thrown: unknown): Error {
  if (thrown instanceof UserError || thrown instanceof DependencyError) return thrown
  const state = sqlState(thrown)
  const what = isConnectionFault(thrown) ? 'cannot be reached' : `refused it (SQLSTATE ${state})`
  return new DependencyError({
    dependency: 'postgres',
    operation,
    message: `Bakery's own database ${what}: ${operation}.`,
    retryable: isRetryable(thrown),
    cause: coerceError(thrown),
  })
}
