import { coerceError, DependencyError } from '../../core/errors.ts'
import { oneLine } from '../../core/http-faults.ts'
import { networkFault } from '../../core/network.ts'

/** What Redis' own refusals mean, by how they begin. Source: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const REFUSALS: readonly (readonly [start: RegExp, says: string])[] = [
  [/^NOAUTH/, 'asks for a password, and none is configured'],
  [/^(WRONGPASS|ERR invalid password)/, 'did not accept the configured password'],
  [/^NOPERM/, 'does not let this user run INFO: grant it +info'],
  [/^DENIED/, 'is in protected mode: it answers only on its own host until it has a password'],
  [/^ERR max number of clients/, 'has no connection left: its limit maxclients is reached'],
  [/^LOADING/, 'is still loading its data'],
]

/** A server without a password refuses one that it is given: that is no fault of the server. */
export function needsNoPassword(thrown: unknown): boolean {
  const message = coerceError(thrown).message
  return /without any password configured|no password is set/i.test(message)
}

export function redisFault(where: string, thrown: unknown): DependencyError {
  if (thrown instanceof DependencyError) return thrown
  const { message } = coerceError(thrown)
  const network = networkFault(thrown)
  const refusal = REFUSALS.find(([start]) => start.test(message))
  const says = network?.says ?? refusal?.[1] ?? other(message)
  const retryable = network?.retryable ?? /^(LOADING|ERR max number)|closed/i.test(message)
  return fault(where, says, { retryable, cause: bare(message, network?.code) })
}

export function fault(where: string, says: string, options: { retryable?: boolean; cause?: unknown } = {}) {
  return new DependencyError({
    dependency: 'redis',
    operation: 'info',
    message: `${where} ${says}`,
    ...options,
  })
}

function other(message: string): string {
  if (/closed/i.test(message)) return 'closed the connection'
  if (/unknown RESP type/i.test(message)) return 'does not answer as Redis does: is the port right (6379)?'
  return `answered with an error: ${oneLine(message)}`
}

/** ioredis keeps a command's arguments, the password among them, on its errors: only the words are kept. */
function bare(message: string, code: string | undefined): Error {
  return new Error(code ? `${message} (${code})` : message)
}
