import { z } from 'zod'
import { UserError } from '../../src/core/errors.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import { resolveName } from '../../src/core/resolve-names.ts'

/** What `freeze` and `unfreeze` are about. */
export const serviceOrAll = z
  .string()
  .min(1)
  .max(63)
  .optional()
  .describe('a service, or “all”, which is for owners; all when not given')

/** `all` and nothing at all mean everything: null. Anything else is a service, perhaps abbreviated, or another workload by its whole name. */
export function frozenTarget(
  given: string | undefined,
  { platform }: Pick<ReadPorts, 'platform'>,
): string | null {
  if (isEverything(given)) return null
  const resolved = resolveName('workload', given, { platform, jobs: [] })
  if ('found' in resolved) return resolved.found
  throw new UserError('BAD_ARGUMENT', `What to freeze: ${resolved.problem}.`, {
    suggestions: resolved.candidates.map((name) => `freeze ${name}`),
  })
}

export function isEverything(given: string | undefined): given is undefined | 'all' {
  return given === undefined || given === 'all'
}

/** A freeze of a misspelt name would stop nothing: what platform.yaml does not name has to run in the cluster. */
export async function assertThere(
  target: string | null,
  { platform, workloads }: Pick<ReadPorts, 'platform' | 'workloads'>,
  signal: AbortSignal,
): Promise<void> {
  const { services, databases } = platform
  if (target === null || [...services, ...databases].some(({ name }) => name === target)) return
  if ((await workloads?.get(target, signal)) != null) return
  throw new UserError(
    'BAD_ARGUMENT',
    `“${target}” is neither in platform.yaml nor a workload of ${platform.namespace}. Nothing was frozen.`,
  )
}

const DAY_MINUTES = 24 * 60

/** Seconds from now until a time of day in the zone (`18:00`), or until a moment in ISO 8601; null when it is neither, or over. */
export function secondsUntil(said: string, now: Date, zone: string): number | null {
  if (/^([01]?\d|2[0-3]):[0-5]\d$/.test(said)) return secondsUntilTime(said.padStart(5, '0'), now, zone)
  const moment = /^\d{4}-\d\d-\d\dT/.test(said) ? Date.parse(said) : Number.NaN
  const seconds = Math.round((moment - now.getTime()) / 1000)
  return seconds > 0 ? seconds : null
}

/** The next minute that the zone's clocks show so; they may show it twice, or not at all, when they are put forward or back. */
function secondsUntilTime(time: string, now: Date, zone: string): number | null {
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  } as const)
  const minute = Math.floor(now.getTime() / 60_000)
  for (let ahead = 1; ahead <= DAY_MINUTES + 60; ahead += 1) {
    const moment = new Date((minute + ahead) * 60_000)
    if (clock.format(moment) === time) return Math.round((moment.getTime() - now.getTime()) / 1000)
  }
  return null
}
