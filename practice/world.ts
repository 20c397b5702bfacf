import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Bot } from './bot.ts'
import { removeAfterUs } from './child.ts'
import { type OwnDatabase, startOwnDatabase } from './database.ts'
import { type Board, createBoard } from './faults/board.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import { completions, suggestions } from './lessons.ts'
import { type Page, startPage } from './page/server.ts'
import { appManifest } from './slack/manifest.ts'
import { type PracticeSlack, type SlackOptions, startSlack } from './slack/start.ts'
import { newFolder, type Releases, releaseAll, timer, together } from './starting.ts'
import type { PlatformOptions, PracticePlatform } from './systems/platform.ts'
import { createTour } from './tour/tour.ts'

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
  /** What can be broken, and what is. */
  readonly board: Board
  /** The folder with the audit key and checkpoints of this world. */
  readonly folder: string
  readonly pageUrl: string | null
  /** Starts the bot again after it was stopped or killed. */
  restartBot(env?: Readonly<Record<string, string>>): Promise<void>
  /** A further replica on the same database; Slack keeps speaking to the first. */
  startReplica(env?: Readonly<Record<string, string>>): Promise<Bot>
  /** Calls `then` with the exit code when the bot ends and nobody broke it on purpose. */
  whenTheBotDies(then: (code: number | null) => void): void
  stop(): Promise<void>
}

/** Starts a whole world on free ports. What was started is stopped again when a part fails. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const releases: Releases = { ground: [], above: [] }
  try {
    return await open(options, releases)
  } catch (error) {
    await releaseAll(releases)
    throw error
  }
}

async function open(options: WorldOptions, releases: Releases): Promise<World> {
  const signingSecret = randomBytes(24).toString('hex')
  const folder = await newFolder(releases)
  const { step, told } = timer(options.onStep, releases)
  const [slack, database, platform] = await together(
    step('Slack', startSlack({ signingSecret, ...options.slack })),
    step('PostgreSQL for Bakery, migrated', ownDatabase(options)),
    options.platform === false ? null : step(null, openPlatform({ onProgress: told, ...options.platform })),
  )
  options.signal?.throwIfAborted()
  const parts = { slack, database, platform, signingSecret, folder }
  const keeper = createKeeper({
    env: { ...environmentOf(parts, options), ...options.env },
    onLine: options.onLog,
    onReady: ({ eventsUrl }) => slack.setBotUrl(eventsUrl),
  })
  releases.above.push(() => keeper.stop())
  await keeper.start()
  told('the bot')
  const board = boardOf(parts, keeper, options)
  const page = options.page === false ? null : await openPage(options, slack, board)
  if (page !== null) releases.above.push(() => page.stop())
  return {
    ...{ slack, platform, database, board, folder },
    get bot() {
      return keeper.bot
    },
    pageUrl: page?.url ?? null,
    restartBot: (more) => keeper.start(more),
    startReplica: (more) => keeper.replica(more),
    whenTheBotDies: (then) => keeper.whenItDies(then),
    stop: () => releaseAll(releases),
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

function boardOf({ slack, platform }: Parts, keeper: Keeper, options: WorldOptions): Board {
  return createBoard({
    ...{ slack, platform },
    seesCluster: options.platform !== false && options.platform?.cluster !== 'current',
    bot: { kill: () => keeper.kill(), start: () => keeper.start() },
    onChange: () => slack.state.changed({ type: 'faults' }),
  })
}

async function openPage(options: WorldOptions, slack: PracticeSlack, board: Board): Promise<Page> {
  const port = options.page === false ? 0 : (options.page?.port ?? 0)
  const { homeTab, shortcuts } = appManifest()
  const tour = createTour(slack, board)
  const words = { completions: await completions(), suggestions: suggestions() }
  const page = await startPage({ slack, port, homeTab, shortcuts, board, tour, ...words })
  return {
    url: page.url,
    async stop() {
      tour.stop()
      await page.stop()
    },
  }
}
