import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Bot, startBot } from './bot.ts'
import { removeAfterUs } from './child.ts'
import { type OwnDatabase, startOwnDatabase } from './database.ts'
import { completions, suggestions } from './lessons.ts'
import { type Page, startPage } from './page/server.ts'
import { appManifest } from './slack/manifest.ts'
import { type PracticeSlack, type SlackOptions, startSlack } from './slack/start.ts'
import type { PlatformOptions, PracticePlatform } from './systems/platform.ts'

export interface WorldOptions {
  /** The practice platform; `false` leaves it out, and everything of it is unknown to the bot. */
  readonly platform?: PlatformOptions | false | undefined
  /** Bakery's own database; a new PostgreSQL by default. One that was given is left running. */
  readonly database?: { readonly botUrl: string; readonly adminUrl: string } | undefined
  readonly slack?: Partial<SlackOptions> | undefined
  /** The page's port (0: any), or no page. */
  readonly page?: { readonly port: number } | false | undefined
  readonly platformFile?: string | undefined
  /** More environment for the bot; wins over what is set here. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly onLog?: ((line: string) => void) | undefined
  /** Ends the start: what stands already is stopped, and `startWorld` rejects. */
  readonly signal?: AbortSignal | undefined
  /** Hears of each part that stands, with the seconds that it took. */
  readonly onStep?: ((what: string, seconds: number) => void) | undefined
}

/** Everything that practice and journeys live in. */
export interface World {
  readonly slack: PracticeSlack
  readonly platform: PracticePlatform | null
  readonly database: { readonly botUrl: string; readonly adminUrl: string }
  /** The bot that runs now. */
  readonly bot: Bot
  /** The folder with the audit key and checkpoints of this world. */
  readonly folder: string
  readonly pageUrl: string | null
  /** Starts the bot again after it was stopped or killed. */
  restartBot(env?: Readonly<Record<string, string>>): Promise<void>
  /** A further replica on the same database; Slack keeps speaking to the first. */
  startReplica(env?: Readonly<Record<string, string>>): Promise<Bot>
  stop(): Promise<void>
}

type Release = () => Promise<unknown>

/** How what was started is stopped: first what stands `above`, newest first, then the `ground`, all of it at once. */
interface Releases {
  readonly ground: Release[]
  readonly above: Release[]
}

/** Starts a whole world on free ports. What was started is stopped again when a part fails. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const releases: Releases = { ground: [], above: [] }
  const stop = async () => {
    for (const release of releases.above.splice(0).reverse()) await release().catch(() => {})
    await Promise.allSettled(releases.ground.splice(0).map((release) => release()))
  }
  try {
    return await open(options, releases, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function open(options: WorldOptions, releases: Releases, stop: () => Promise<void>): Promise<World> {
  const signingSecret = randomBytes(24).toString('hex')
  const folder = await newFolder(releases)
  const { step, told } = timer(options, releases)
  const [slack, database, platform] = await together(
    step('Slack', startSlack({ signingSecret, ...options.slack })),
    step('PostgreSQL for Bakery, migrated', ownDatabase(options)),
    options.platform === false ? null : step(null, openPlatform({ onProgress: told, ...options.platform })),
  )
  options.signal?.throwIfAborted()
  const env = {
    ...environmentOf({ slack, database, platform, signingSecret, folder }, options),
    ...options.env,
  }
  const begin = async (more: Readonly<Record<string, string>> = {}): Promise<Bot> => {
    const bot = await startBot({ env: { ...env, ...more }, onLine: options.onLog })
    releases.above.push(() => bot.stop())
    await bot.ready()
    return bot
  }
  let bot = await begin()
  told('the bot')
  slack.setBotUrl(bot.eventsUrl)
  const page = options.page === false ? null : await openPage(options, slack)
  if (page !== null) releases.above.push(() => page.stop())
  return {
    slack,
    platform,
    database,
    get bot() {
      return bot
    },
    folder,
    pageUrl: page?.url ?? null,
    async restartBot(more) {
      bot = await begin(more)
      slack.setBotUrl(bot.eventsUrl)
    },
    startReplica: begin,
    stop,
  }
}

interface Parts {
  readonly slack: PracticeSlack
  readonly database: OwnDatabase
  readonly platform: PracticePlatform | null
  readonly signingSecret: string
  readonly folder: string
}

/** What the bot is told, as in production: everything by its environment. */
function environmentOf(parts: Parts, options: WorldOptions): Record<string, string> {
  const { slack, database, platform, signingSecret, folder } = parts
  return {
    ...platform?.env,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.botUrl,
    PLATFORM_FILE: options.platformFile ?? 'platform.example.yaml',
    AUDIT_KEY_FILE: join(folder, 'audit-key.pem'),
    AUDIT_CHECKPOINT_DIR: join(folder, 'checkpoints'),
    LOG_LEVEL: 'info',
  }
}

async function ownDatabase({ database }: WorldOptions): Promise<OwnDatabase> {
  return database === undefined ? startOwnDatabase() : { ...database, stop: async () => {} }
}

/** Loaded only when it is wanted: it is the largest part. */
async function openPlatform(options: PlatformOptions): Promise<PracticePlatform> {
  const { startPlatform } = await import('./systems/platform.ts')
  const platform = await startPlatform(options)
  const { KUBECONFIG } = platform.env
  if (KUBECONFIG === undefined) return platform
  const callOff = removeAfterUs(dirname(KUBECONFIG))
  return { ...platform, stop: () => platform.stop().finally(callOff) }
}

async function openPage(options: WorldOptions, slack: PracticeSlack): Promise<Page> {
  const port = options.page === false ? 0 : (options.page?.port ?? 0)
  const { homeTab } = appManifest()
  return startPage({ slack, port, homeTab, completions: await completions(), suggestions: suggestions() })
}

/** A folder of its own with a new audit key, removed with the world or after this process. */
async function newFolder(releases: Releases): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bakery-practice-'))
  const callOff = removeAfterUs(folder)
  releases.ground.push(async () => {
    callOff()
    await rm(folder, { recursive: true, force: true })
  })
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(folder, 'audit-key.pem'), pem, { mode: 0o600 })
  await mkdir(join(folder, 'checkpoints'))
  return folder
}

/** Waits for all parts, also when one fails: none may be left starting. */
async function together<T extends readonly unknown[]>(
  ...parts: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(parts)
  const failed = settled.find((part) => part.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return Promise.all(parts)
}

/** `step` waits for a part, keeps how it is stopped, and says that it stands (a part without a name says so itself). */
function timer(options: WorldOptions, releases: Releases) {
  const started = performance.now()
  const told = (what: string): void => options.onStep?.(what, (performance.now() - started) / 1000)
  const step = async <T extends { stop(): Promise<unknown> }>(
    what: string | null,
    part: Promise<T>,
  ): Promise<T> => {
    const value = await part
    releases.ground.push(() => value.stop())
    if (what !== null) told(what)
    return value
  }
  return { step, told }
}
