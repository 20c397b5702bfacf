import type { schedule } from 'node-cron'
import { coerceError } from '../core/errors.ts'

export interface CronLog {
  debug(facts: object, message: string): void
  error(facts: object, message: string): void
}

type CronLogger = NonNullable<NonNullable<Parameters<typeof schedule>[2]>['logger']>

/**
 * What node-cron says goes into the log as everything else does, not past it. A turn that is left out because the last one is
 * still under way is what was asked for (`noOverlap`), so it is no warning.
 */
export function cronLogger(log: CronLog): CronLogger {
  const debug = (said: string | Error) => log.debug({ by: 'node-cron' }, String(said))
  return {
    ...{ debug, info: debug, warn: debug },
    error: (said, err) => log.error({ by: 'node-cron', err: coerceError(err ?? said) }, 'the clock stumbled'),
  }
}
