import { z } from 'zod'
import { addressFaults } from './address-faults.ts'
import { credentialFaults, folderFaults, given, keyFaults, PRACTICE } from './environment.ts'
import { ConfigurationError, faultLines } from './faults.ts'
import type { Platform } from './platform.ts'
import { readPlatform } from './platform-file.ts'

/**
 * The only reader of the environment (docs/CONTRACT.md, "Environment"). All faults, of the environment and of the platform
 * file, are reported at once.
 */

const url = (protocols: readonly string[], example: string) =>
  z.string({ error: `a URL such as ${example}` }).refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol)
      } catch {
        return false
      }
    },
    { error: `a URL such as ${example}`, abort: true },
  )

const databaseUrl = url(['postgres:', 'postgresql:'], 'postgres://bakery@host:5432/bakery')
const port = z.coerce.number().int().min(0).max(65_535)

const shared = {
  PLATFORM_FILE: z.string().default('platform.yaml'),
  KUBECONFIG: z.string().optional(),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://host:6379').optional(),
  AUDIT_KEY_FILE: z.string().optional(),
  AUDIT_CHECKPOINT_DIR: z.string().optional(),
  LEASE_SECONDS: z.coerce.number().int().min(1).max(3600).default(30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
}

const botSchema = z.object({
  ...shared,
  SLACK_BOT_TOKEN: z.string({ error: `the bot token of the Slack app (xoxb-…). ${PRACTICE}` }).min(1),
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
  SLACK_APP_TOKEN: z.string().min(1).optional(),
  SLACK_API_URL: url(['http:', 'https:'], 'https://slack.com/api/')
    .refine((value) => value.endsWith('/api/'), { error: 'a URL that ends in /api/' })
    .default('https://slack.com/api/'),
  SLACK_COMMAND: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,31}$/, 'a slash command such as /bakery, lower case, at most 32 characters')
    .default('/bakery'),
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(3000),
  DATABASE_URL: databaseUrl,
})

const terminalSchema = z.object({ ...shared, DATABASE_URL: databaseUrl })
const migrateSchema = z.object({ DATABASE_URL: databaseUrl, DATABASE_ADMIN_URL: databaseUrl.optional() })

export interface TerminalConfig {
  readonly platform: Platform
  readonly platformFile: string
  readonly databaseUrl: string
  /** Path of a kubeconfig; null: in-cluster, and without that the cluster is unknown. */
  readonly kubeconfig: string | null
  readonly audit: { readonly keyFile: string | null; readonly checkpointDir: string | null }
  readonly leaseSeconds: number
  readonly logLevel: string
  /** For references of the platform file. */
  readonly environment: NodeJS.ProcessEnv
}

export interface BotConfig extends TerminalConfig {
  readonly slack: {
    readonly botToken: string
    /** At least one of the two is set. */
    readonly signingSecret: string | null
    readonly appToken: string | null
    readonly apiUrl: string
    readonly command: string
  }
  readonly host: string
  readonly port: number
}

/** The bot's configuration. Throws `ConfigurationError` with every fault. */
export function botConfig(environment: NodeJS.ProcessEnv = process.env): BotConfig {
  const { values, platform } = read(botSchema, environment, [
    ...credentialFaults(environment),
    ...keyFaults(environment),
    ...folderFaults(environment),
  ])
  return {
    ...common(values, platform, environment),
    slack: {
      botToken: values.SLACK_BOT_TOKEN,
      signingSecret: values.SLACK_SIGNING_SECRET ?? null,
      appToken: values.SLACK_APP_TOKEN ?? null,
      apiUrl: values.SLACK_API_URL,
      command: values.SLACK_COMMAND,
    },
    host: values.HOST,
    port: values.PORT,
  }
}

/** What the terminal needs: everything but Slack. */
export function terminalConfig(environment: NodeJS.ProcessEnv = process.env): TerminalConfig {
  const { values, platform } = read(terminalSchema, environment, [])
  return common(values, platform, environment)
}

/** What `npm run migrate` needs. The owner's URL is the bot's when it is not given. */
export function migrateConfig(environment: NodeJS.ProcessEnv = process.env): {
  botUrl: string
  adminUrl: string
} {
  const parsed = migrateSchema.safeParse(given(environment), { reportInput: true })
  if (!parsed.success) throw new ConfigurationError(faultLines(parsed.error, ''))
  return {
    botUrl: parsed.data.DATABASE_URL,
    adminUrl: parsed.data.DATABASE_ADMIN_URL ?? parsed.data.DATABASE_URL,
  }
}

/** What the audit tools need, all of it optional: they also work on files alone. */
export function auditConfig(environment: NodeJS.ProcessEnv = process.env) {
  const set = given(environment)
  return {
    databaseUrl: set.DATABASE_ADMIN_URL ?? set.DATABASE_URL ?? null,
    keyFile: set.AUDIT_KEY_FILE ?? null,
    checkpointDir: set.AUDIT_CHECKPOINT_DIR ?? null,
  }
}

function read<Schema extends z.ZodObject<{ PLATFORM_FILE: z.ZodDefault<z.ZodString> }>>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
  faults: readonly string[],
): { values: z.infer<Schema>; platform: Platform } {
  const set = given(environment)
  const parsed = schema.safeParse(set, { reportInput: true })
  const found = [...(parsed.success ? [] : faultLines(parsed.error, '')), ...faults]
  let platform: Platform | null = null
  try {
    const file = set.PLATFORM_FILE ?? 'platform.yaml'
    platform = readPlatform(file)
    found.push(...addressFaults(platform, file, environment))
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown
    found.push(...thrown.faults)
  }
  if (!parsed.success || !platform || found.length > 0) throw new ConfigurationError(found)
  return { values: parsed.data, platform }
}

function common(
  values: z.infer<typeof terminalSchema>,
  platform: Platform,
  environment: NodeJS.ProcessEnv,
): TerminalConfig {
  return {
    platform,
    platformFile: values.PLATFORM_FILE,
    databaseUrl: values.DATABASE_URL,
    kubeconfig: values.KUBECONFIG ?? null,
    audit: { keyFile: values.AUDIT_KEY_FILE ?? null, checkpointDir: values.AUDIT_CHECKPOINT_DIR ?? null },
    leaseSeconds: values.LEASE_SECONDS,
    logLevel: values.LOG_LEVEL,
    environment,
  }
}
