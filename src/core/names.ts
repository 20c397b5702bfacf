import { z } from 'zod'
import { FAMILIES, ROLES } from './roles.ts'

/**
 * Arguments that name something. Their schemas say only what such a name looks like; that it exists, and what an
 * abbreviation stands for, is settled against platform.yaml when a line is resolved (resolve-names.ts).
 */
export type NameKind = 'service' | 'database' | 'workload' | 'user' | 'subject' | 'channel' | 'job'

const kinds = z.registry<{ readonly names: NameKind }>()

/** What kind of name a schema stands for; null when it is none. */
export function nameKind(schema: z.core.$ZodType): NameKind | null {
  return kinds.get(schema)?.names ?? null
}

const kubernetesName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/,
    'must be a lower-case name of letters, digits and hyphens, at most 63 characters',
  )
const slackId = (letters: string, meaning: string) =>
  z.string().regex(new RegExp(`^[${letters}][A-Z0-9]{1,30}$`), `must be ${meaning}`)

/** A service of platform.yaml: `orders` is enough for `orders-service`. */
export const service = kubernetesName.describe('a service').register(kinds, { names: 'service' })
/** A database of platform.yaml. */
export const database = kubernetesName.describe('a database').register(kinds, { names: 'database' })
/** A Deployment, StatefulSet or DaemonSet: a service, a database, or another one of the namespace by its whole name. */
export const workload = kubernetesName
  .describe('a service, a database, or another workload of the namespace')
  .register(kinds, { names: 'workload' })

/** A person in Slack: a mention, or a name of `people:` in platform.yaml. */
export const slackUser = slackId('UW', 'a person such as @ana')
  .describe('a person')
  .register(kinds, { names: 'user' })
/** A person or a user group. */
export const slackSubject = slackId('UWS', 'a person or a user group such as @ana')
  .describe('a person or a user group')
  .register(kinds, { names: 'subject' })
/** A channel: a mention, or a key of `channels:` in platform.yaml. */
export const slackChannel = slackId('CG', 'a channel such as #operations')
  .describe('a channel')
  .register(kinds, { names: 'channel' })

/** A job of scheduled/. */
export const job = kubernetesName.describe('a scheduled job').register(kinds, { names: 'job' })

export const role = z.enum(ROLES).describe(`a role: ${ROLES.join(', ')}`)
export const family = z.enum(FAMILIES).describe(`a family of commands: ${FAMILIES.join(', ')}`)

const SECONDS = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 } as const

/** `90s`, `30m`, `1h`, `7d`, `2w` or `1h30m` in seconds; null for anything else. A number alone says no unit, so it is none. */
export function parseDuration(value: string): number | null {
  const trimmed = value.trim().toLowerCase()
  if (!/^(\d{1,6}(s|min|m|h|d|w))+$/.test(trimmed)) return null
  const parts = [...trimmed.matchAll(/(\d+)(s|min|m|h|d|w)/g)]
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * secondsOf(unit), 0)
}

function secondsOf(unit: string | undefined): number {
  return SECONDS[unit as keyof typeof SECONDS] ?? 0
}

/** Seconds as `parseDuration` reads them, in the largest unit that is whole: `15m`, `1h`, `90s`. */
export function spanWord(seconds: number): string {
  const units = ['w', 'd', 'h', 'm'] as const
  const unit = units.find((one) => seconds >= SECONDS[one] && seconds % SECONDS[one] === 0) ?? 's'
  return `${seconds / SECONDS[unit]}${unit}`
}

/** A span in whole seconds, at most a year: `30m`, `1h`, `7d`. Seconds as a number stay what they are. */
export const duration = z
  .preprocess(
    (value) => (typeof value === 'string' ? (parseDuration(value) ?? value) : value),
    z
      .number({ error: 'must be a span such as 90s, 30m, 1h or 7d' })
      .int('must be whole seconds')
      .min(1, 'must be at least 1s')
      .max(366 * SECONDS.d, 'must be at most 366d'),
  )
  .describe('a span such as 90s, 30m, 1h or 7d')

/** Whether a schema is `duration` itself: its numbers are seconds. */
export function isDuration(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodPipe && schema.out === duration.out
}
