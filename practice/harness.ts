import { randomBytes } from 'node:crypto'
import type { ApiCall } from './slack/state.ts'
import { sharedDatabase } from './template.ts'
import { startWorld, type World, type WorldOptions } from './world.ts'

/** Something that the bot has said to Slack: a message that it posted, changed or answered with. */
export interface Sent {
  readonly at: Date
  readonly method: string
  readonly channel: string
  /** Whom an ephemeral message is for; empty: everybody in the channel. */
  readonly person: string
  readonly text: string
  readonly blocks: readonly unknown[]
  /** Whether Slack took it. */
  readonly taken: boolean
}

/**
 * Time where the practice side has a clock of its own: the story (how long something has been broken, how far a queue has
 * grown, which hour of the day it is) and Slack (triggers, response URLs, rate limits). The bot, PostgreSQL and the
 * practice cluster keep the machine's time.
 */
export interface Time {
  now(): Date
  advance(ms: number): void
}

/** A world for tests: on free ports, with a database of its own, beside as many others as are wanted. */
export interface Practice extends World {
  readonly signingSecret: string
  readonly time: Time
  /** Every message that was sent, oldest first. */
  sent(): readonly Sent[]
}

/** Without platform and page unless they are asked for: then a world stands in less than two seconds. */
export interface PracticeOptions extends WorldOptions {
  /** Where the world's story begins; now by default. */
  readonly startAt?: Date | undefined
}

async function start(options: PracticeOptions = {}): Promise<Practice> {
  const { startAt, platform = false, page = false, ...rest } = options
  const signingSecret = randomBytes(16).toString('hex')
  const time = createTime(startAt)
  const own = rest.database === undefined ? await sharedDatabase() : null
  try {
    const world = await startWorld({
      ...rest,
      page,
      platform: platform === false ? false : { ...platform, now: time.now },
      database: rest.database ?? own ?? undefined,
      slack: { signingSecret, now: () => time.now().getTime(), ...rest.slack },
      env: { SLACK_SIGNING_SECRET: signingSecret, LOG_LEVEL: 'warn', ...rest.env },
    })
    return Object.defineProperties({} as Practice, {
      ...Object.getOwnPropertyDescriptors(world),
      ...Object.getOwnPropertyDescriptors({
        signingSecret,
        time,
        sent: () => world.slack.calls().flatMap(sentOf),
        async stop() {
          await world.stop()
          await own?.stop()
        },
      }),
    })
  } catch (error) {
    await own?.stop()
    throw error
  }
}

function createTime(startAt: Date | undefined): Time {
  let ahead = startAt === undefined ? 0 : startAt.getTime() - Date.now()
  return {
    now: () => new Date(Date.now() + ahead),
    advance(ms) {
      ahead += ms
    },
  }
}

const SENDING = new Set(['chat.postMessage', 'chat.postEphemeral', 'chat.update', 'response_url'])

function sentOf({ at, method, ok, body }: ApiCall): Sent[] {
  if (!SENDING.has(method)) return []
  const text = (key: string) => (typeof body[key] === 'string' ? body[key] : '')
  return [
    {
      at: new Date(at),
      method,
      channel: text('channel'),
      person: text('user'),
      text: text('text'),
      blocks: blocksOf(body.blocks),
      taken: ok,
    },
  ]
}

/** Blocks as they are, or as JSON in a form's field. */
function blocksOf(given: unknown): readonly unknown[] {
  const blocks: unknown = typeof given === 'string' && given !== '' ? JSON.parse(given) : given
  return Array.isArray(blocks) ? blocks : []
}

export const practice = { start }
