import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/**
 * JSON lines on standard output. Paths that may hold a secret are redacted by name, for the day when somebody logs a
 * whole object; secrets proper are `Secret` values, which print as `[redacted]` by themselves.
 */
const REDACTED = [
  'token',
  'password',
  'secret',
  'authorization',
  '*.token',
  '*.password',
  '*.secret',
  '*.authorization',
  '*.response_url',
  '*.responseUrl',
  '*.trigger_id',
  'headers.authorization',
  'err.config',
  'err.headers',
]

/** The process's logger; `level` is pino's (`silent` in tests). */
export function createLog(level: string): Logger {
  return pino({ level, redact: { paths: REDACTED, censor: '[redacted]' }, base: null })
}
