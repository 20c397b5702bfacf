import { type Bot, startBot } from './bot.ts'

type Environment = Readonly<Record<string, string>>

/** Starts bots on one environment, and tells a bot that was ended on purpose from one that died. */
export interface Keeper {
  /** The bot that Slack speaks to. */
  readonly bot: Bot
  /** Starts it, again after it was ended. `more` wins over what the environment says. */
  start(more?: Environment): Promise<void>
  /** A further bot beside it. */
  replica(more?: Environment): Promise<Bot>
  /** Ends it by force; it is not missed. */
  kill(): Promise<void>
  /** Calls `then` with the exit code when the bot ends without having been asked by this keeper. */
  whenItDies(then: (code: number | null) => void): void
  stop(): Promise<void>
}

export interface KeeperOptions {
  readonly env: Environment
  readonly onLine?: ((line: string) => void) | undefined
  /** Hears where a bot that is ready takes Slack's requests. */
  readonly onReady: (bot: Bot) => void
}

export function createKeeper({ env, onLine, onReady }: KeeperOptions): Keeper {
  const running: Bot[] = []
  const expected = new Set<Bot>()
  const listeners: ((code: number | null) => void)[] = []
  let current: Bot | null = null
  const begin = async (more: Environment = {}): Promise<Bot> => {
    const bot = await startBot({ env: { ...env, ...more }, onLine })
    running.push(bot)
    await bot.ready()
    return bot
  }
  return {
    get bot() {
      if (current === null) throw new Error('the bot has not started yet')
      return current
    },
    async start(more) {
      const bot = await begin(more)
      current = bot
      onReady(bot)
      bot.ended.then((code) => {
        if (bot === current && !expected.has(bot)) for (const listener of listeners) listener(code)
      })
    },
    replica: begin,
    async kill() {
      if (current === null) return
      expected.add(current)
      await current.kill()
    },
    whenItDies: (then) => void listeners.push(then),
    async stop() {
      for (const bot of running) expected.add(bot)
      await Promise.all(running.map((bot) => bot.stop()))
    },
  }
}
