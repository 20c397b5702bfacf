import { z } from 'zod'
import { FAMILIES, ROLES } from './core/roles.ts'

/**
 * The operated platform as platform.yaml describes it. The file holds no secret: a secret is a reference,
 * `env:NAME`, `file:PATH` or `secret:namespace/name#key`. An address may be a reference with a fallback too:
 * `env:NAME:-address`. References are resolved by whoever opens the connection (src/references.ts), never kept here.
 */

const dnsName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a lower-case Kubernetes name (letters, digits, -)')
const secretReference = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|secret:[-a-z0-9.]+\/[-a-z0-9.]+#.+)$/,
    'env:NAME, file:PATH or secret:namespace/name#key',
  )
/** A literal, or `env:NAME:-fallback`. */
const address = z.string().min(1)
const slackId = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*:-)?[CGDUWS][A-Z0-9]{2,}$/, 'a Slack id such as C0123ABCD')
const cron = z
  .string()
  .regex(/^\S+( \S+){4,5}$/, 'a cron expression of five fields, for instance "0 7 * * *"')
const percent = z.number().min(0).max(100)
/** More is worse: reaching a level counts. */
const levels = (unit: z.ZodNumber) =>
  z
    .strictObject({ warning: unit, critical: unit })
    .refine(({ warning, critical }) => warning <= critical, 'warning not above critical: more is worse')
/** Less is worse: falling below a level counts. */
const lowLevels = (unit: z.ZodNumber) =>
  z
    .strictObject({ warning: unit, critical: unit })
    .refine(({ warning, critical }) => warning > critical, 'warning above critical: less is worse')

const service = z.strictObject({
  name: dnsName,
  critical: z
    .boolean()
    .default(false)
    .describe("its p99 is held to the guide's aim of 2 s, and it is listed first"),
  owner: z.string().optional().describe('a key of `owners`'),
  database: dnsName.optional(),
  telemetry: z.string().optional().describe('its name in SigNoz, when it differs'),
})

const database = z.strictObject({
  name: dnsName,
  address: address.describe('host:port'),
  database: z.string().min(1),
  user: z.string().min(1),
  password: secretReference.optional(),
  tls: z.enum(['require', 'prefer', 'off']).default('prefer'),
  ca: secretReference.optional(),
})

const person = z.strictObject({
  name: z.string().min(1),
  slack: z.array(slackId).min(1).describe('every Slack id of this one human being'),
})

const thresholds = z.strictObject({
  errorRatePercent: levels(percent).default({ warning: 1, critical: 5 }),
  p99Seconds: levels(z.number().positive()).default({ warning: 2, critical: 3 }),
  silentMinutes: levels(z.number().positive()).default({ warning: 2, critical: 5 }),
  connectionsPercent: levels(percent).default({ warning: 80, critical: 90 }),
  cacheHitPercent: lowLevels(percent).default({ warning: 90, critical: 80 }),
  longTransactionSeconds: levels(z.number().positive()).default({ warning: 300, critical: 1800 }),
  blockedSessionSeconds: levels(z.number().positive()).default({ warning: 10, critical: 60 }),
  redisMemoryPercent: levels(percent).default({ warning: 80, critical: 90 }),
  redisHitPercent: lowLevels(percent).default({ warning: 80, critical: 50 }),
  queueGrowthPerMinute: levels(z.number().positive()).default({ warning: 100, critical: 1000 }),
  queueReady: levels(z.number().positive()).default({ warning: 1000, critical: 10_000 }),
  cpuPercent: levels(percent).default({ warning: 75, critical: 85 }),
  memoryPercent: levels(percent).default({ warning: 85, critical: 90 }),
  memoryOfLimitPercent: levels(percent).default({ warning: 80, critical: 95 }),
  diskFreePercent: lowLevels(percent).default({ warning: 20, critical: 10 }),
  restartsPerHour: levels(z.number().positive()).default({ warning: 3, critical: 10 }),
  pendingMinutes: levels(z.number().positive()).default({ warning: 2, critical: 10 }),
  notReadyMinutes: levels(z.number().positive()).default({ warning: 1, critical: 5 }),
})

export const platformSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  namespace: dnsName,
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Madrid'),
  environment: z.string().default('production'),
  services: z.array(service).min(1),
  databases: z.array(database).default([]),
  redis: z
    .strictObject({ address, password: secretReference.optional(), tls: z.boolean().default(false) })
    .optional(),
  rabbitmq: z.strictObject({ url: address, user: z.string(), password: secretReference }).optional(),
  prometheus: z.strictObject({ url: address, token: secretReference.optional() }).optional(),
  alertmanager: z.strictObject({ url: address, token: secretReference.optional() }).optional(),
  signoz: z
    .strictObject({ url: address, key: secretReference.optional(), publicUrl: z.string().optional() })
    .optional(),
  collector: z.strictObject({ url: address }).optional(),
  channels: z
    .strictObject({ operations: slackId, digest: slackId, security: slackId })
    .describe('the channels that Bakery itself writes to'),
  people: z.array(person).default([]),
  owners: z.array(z.string()).min(1).describe('names of `people`, or Slack ids: seeded once as owners'),
  bindings: z
    .array(
      z.strictObject({
        channel: z.string().describe('a key of `channels`, or a Slack id'),
        families: z.array(z.enum(FAMILIES)).min(1),
        environment: z.string().default('production'),
      }),
    )
    .default([])
    .describe('seeded once; after that the database rules'),
  grants: z
    .array(
      z.strictObject({
        to: z.string().describe("a name of `people`, a Slack user id, or a user group's id"),
        channel: z.string(),
        role: z
          .enum(ROLES)
          .exclude(['owner'])
          .describe('owners stand in `owners`: they are owners everywhere'),
      }),
    )
    .default([])
    .describe('seeded once; after that the database rules'),
  teams: z
    .record(
      z.string(),
      z.strictObject({ name: z.string(), mail: z.string().optional(), slack: slackId.optional() }),
    )
    .default({})
    .describe('who owns services; the keys are what `owner` names'),
  thresholds: thresholds.prefault({}),
  approvals: z
    .strictObject({
      expireMinutes: z
        .number()
        .int()
        .min(1)
        .max(24 * 60)
        .default(30)
        .describe('how long a change can be confirmed, approved and begun'),
    })
    .prefault({}),
  schedules: z
    .strictObject({
      morningHealth: cron.default('0 7 * * *'),
      auditCheckpoint: cron.default('* * * * *'),
      accessMirror: cron.default('*/15 * * * *'),
      retention: cron.default('30 3 * * *'),
    })
    .prefault({}),
})

export type Platform = z.infer<typeof platformSchema>
export type PlatformService = Platform['services'][number]
export type Thresholds = Platform['thresholds']
export type Levels = { readonly warning: number; readonly critical: number }

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
