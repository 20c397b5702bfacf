import { DependencyError } from '../core/errors.ts'
import type { Finding } from './check.ts'
import { lineFor } from './problems.ts'

/**
 * What a database's own refusal says about it. A server that answers with one of these is known to be in trouble. All
 * else (refused, no such host, no answer, Bakery's password or rights) only says that Bakery could not ask: unknown.
 * Source of the codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const REFUSALS: Readonly<Record<string, string>> = {
  '53100': 'the disk is full',
  '53200': 'the server is out of memory',
  '53300': 'no connection is free, not even for Bakery',
  '53400': 'a configured limit is exceeded',
  '57P02': 'the server is recovering from a crash',
  '57P03': 'the server is starting up, shutting down or recovering, and takes no connections',
  '3D000': 'the database does not exist on this server',
  '58030': 'the server cannot read or write its files',
  XX001: 'data is damaged',
  XX002: 'an index is damaged',
}

export function judgeRefusal(error: Error, target: string): Finding | null {
  const code = sqlState(error)
  const meaning = code === null ? undefined : REFUSALS[code]
  if (code === null || meaning === undefined) return null
  const next = lineFor(target, (name) => `logs ${name} --since 15m`)
  const reason = `${meaning} (SQLSTATE ${code})`
  return { target, status: 'critical', reason, facts: { sqlState: code }, ...(next ? { next } : {}) }
}

/** The SQLSTATE that PostgreSQL gave, wherever in the chain of causes it stands. */
function sqlState(error: Error): string | null {
  let cause: unknown = error instanceof DependencyError ? error.cause : error
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string' && /^[0-9A-Z]{5}$/.test(cause.code))
      return cause.code
    cause = cause.cause
  }
  return null
}
