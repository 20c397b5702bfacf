import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { type Bot, startBot } from '../../practice/bot.ts'
import { type OwnDatabase, startOwnDatabase } from '../../practice/database.ts'
import { deliverToBot } from '../../practice/slack/deliver.ts'
import { ASKER, type BenchSlack, startBenchSlack } from './slack.ts'

/** The bot as `npm start` runs it, on a database of its own with fsync and synchronous_commit on, and a Slack that asks it. */
export interface Desk {
  readonly bot: Bot
  readonly slack: BenchSlack
  readonly database: OwnDatabase
  /** Channels in which everything may be asked: Slack takes about one message a second in each. */
  readonly channels: readonly string[]
  /** Sends a signed slash command; resolves with the milliseconds until its acknowledgement. Throws when there is none. */
  ask(line: string, channel: string): Promise<number>
  /** Sends any signed form, to one of the bots. Throws when it is not acknowledged. */
  send(form: Readonly<Record<string, string>>, bot?: Bot): Promise<void>
  /** Another bot on the same database, beside the first. */
  replica(): Promise<Bot>
  stop(): Promise<void>
}

const CHANNELS = 48

export async function startDesk(env: Readonly<Record<string, string>>): Promise<Desk> {
  const signingSecret = randomBytes(24).toString('hex')
  const folder = await mkdtemp(join(tmpdir(), 'bakery-bench-'))
  const channels = Array.from({ length: CHANNELS }, (_, index) => `C0BENCH${String(index).padStart(2, '0')}`)
  const [slack, database] = await Promise.all([startBenchSlack(), startOwnDatabase()])
  const whole = {
    ...env,
    SLACK_BOT_TOKEN: 'xoxb-benchmark',
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.botUrl,
    PLATFORM_FILE: await platformFile(folder, channels),
    LOG_LEVEL: 'warn',
  }
  const bots: Bot[] = []
  const start = async () => {
    const bot = await startBot({ env: whole, onLine: (line) => process.stderr.write(`${line}\n`) })
    bots.push(bot)
    return bot
  }
  const bot = await start()
  const stop = async () => {
    await Promise.all(bots.map((each) => each.stop()))
    await Promise.all([slack.stop(), database.stop()])
    await rm(folder, { recursive: true, force: true })
  }
  await bot.ready().catch(async (error) => {
    await stop()
    throw error
  })
  const send: Desk['send'] = async (form, { eventsUrl } = bot) => {
    const to = { url: eventsUrl, secret: signingSecret }
    const { status } = await deliverToBot(to, new URLSearchParams(form).toString())
    if (status !== 200) throw new Error(`${JSON.stringify(form)} was acknowledged with ${status}`)
  }
  return {
    ...{ bot, slack, database, channels, stop, send },
    async ask(line, channel) {
      const started = performance.now()
      await send(slashForm(line, channel, slack.responseUrl))
      return performance.now() - started
    },
    async replica() {
      const another = await start()
      await another.ready()
      return another
    },
  }
}

/** platform.example.yaml with the benchmark's channels. */
async function platformFile(folder: string, channels: readonly string[]): Promise<string> {
  const document = parseDocument(await readFile('platform.example.yaml', 'utf8'))
  const families = ['health', 'cluster', 'logs', 'jobs', 'access', 'changes']
  for (const channel of channels) document.addIn(['bindings'], { channel, families })
  const path = join(folder, 'platform.yaml')
  await writeFile(path, document.toString())
  return path
}

/** What Slack sends for a slash command. */
export function slashForm(text: string, channel: string, responseUrl: string) {
  return {
    command: '/bakery',
    text,
    team_id: 'T0BAKERY',
    user_id: ASKER,
    channel_id: channel,
    channel_name: channel.toLowerCase(),
    response_url: responseUrl,
    trigger_id: randomBytes(9).toString('hex'),
    api_app_id: 'A0BAKERY',
  }
}
