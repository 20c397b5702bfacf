import pg from 'pg'
import { formatHostPort } from '../../core/address.ts'
import { coerceError, DependencyError } from '../../core/errors.ts'
import { oneLine } from '../../core/http-faults.ts'
import { networkFault } from '../../core/network.ts'
import type { PostgresEndpoint } from './endpoint.ts'

type Sentence = (message: string, endpoint: PostgresEndpoint) => string

/** What an SQLSTATE means here. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: Readonly<Record<string, readonly [says: Sentence, retryable: boolean]>> = {
  '28P01': [(_, { user }) => `did not accept the password of ${user} (28P01)`, false],
  '28000': [(message, { user }) => `does not let ${user} in (28000): ${message}`, false],
  '3D000': [(_, { database }) => `has no database ${database} (3D000)`, false],
  '53300': [() => 'has no connection left (53300): all are taken, and Bakery itself could not connect', true],
  '57P01': [() => 'ended the session (57P01): an administrator stopped it, or the server', true],
  '57P02': [() => 'ended the session (57P02): another of its processes crashed', true],
  '57P03': [(message) => `does not take connections now (57P03): ${message}`, true],
  '57P05': [() => 'ended the session (57P05): it had been idle for too long', true],
  '57014': [() => 'gave up on the question after 5 s, its statement_timeout (57014)', true],
  '42501': [
    (message, { user }) => `does not let ${user} read it (42501): ${message}. GRANT pg_monitor TO ${user}`,
    false,
  ],
}

/** The client library's own refusals have no code. */
const WORDS: readonly (readonly [found: RegExp, says: string, retryable: boolean])[] = [
  [/does not support SSL/i, 'does not offer TLS, which is required of it', false],
  [/establishing an SSL connection/i, 'broke off while TLS was being agreed on', true],
  [/client password must be/i, 'asks for a password, and the configured one is empty', false],
  [/SASL|SCRAM/, 'could not agree with us on how to log in: is this the server it claims to be?', false],
  [/connection terminated|connection error|not queryable/i, 'closed the connection', true],
]

/** SQLSTATE of what the server said; null when it was not the server who said it. */
function sqlState(thrown: unknown): string | null {
  return thrown instanceof pg.DatabaseError ? (thrown.code ?? null) : null
}

/** Whether another connection may do better: this one is gone. */
export function isLost(thrown: unknown): boolean {
  const state = sqlState(thrown)
  if (state !== null) return state.startsWith('57P0') && state !== '57P03'
  return (
    networkFault(thrown)?.retryable ?? /closed|terminated|not queryable/i.test(coerceError(thrown).message)
  )
}

/** TLS that is only preferred may be done without when the server has none, or takes this user only without it. */
export function wantsNoTls(thrown: unknown): boolean {
  const { message } = coerceError(thrown)
  if (sqlState(thrown) === '28000') return /SSL encryption/i.test(message)
  return /does not support SSL/i.test(message)
}

export function postgresFault(endpoint: PostgresEndpoint, where: string, thrown: unknown): DependencyError {
  if (thrown instanceof DependencyError) return thrown
  const error = coerceError(thrown)
  // In these words it stands in docs/CONTRACT.md, "Health as data".
  if (networkFault(error)?.code === 'ECONNREFUSED')
    return refused(endpoint, `connection refused at ${formatHostPort(endpoint)}`, error)
  const [says, retryable] = meaning(error, endpoint)
  return fault(endpoint, where, says, { retryable, cause: error })
}

export function fault(
  { name }: Pick<PostgresEndpoint, 'name'>,
  where: string,
  says: string,
  options: { retryable?: boolean; cause?: unknown } = {},
): DependencyError {
  return new DependencyError({
    dependency: name,
    operation: 'state',
    message: `${where} ${says}`,
    ...options,
  })
}

function refused({ name }: PostgresEndpoint, message: string, cause: Error): DependencyError {
  return new DependencyError({ dependency: name, operation: 'state', message, retryable: true, cause })
}

function meaning(error: Error, endpoint: PostgresEndpoint): readonly [says: string, retryable: boolean] {
  const message = oneLine(error.message)
  const state = sqlState(error)
  if (state !== null) {
    const known = STATES[state]
    return known ? [known[0](message, endpoint), known[1]] : [`answered with ${state}: ${message}`, false]
  }
  const network = networkFault(error)
  if (network) return [network.says, network.retryable]
  const word = WORDS.find(([found]) => found.test(error.message))
  return word ? [word[1], word[2]] : ['could not be asked: is it a PostgreSQL server?', false]
}
