import { startBot } from '../practice/bot.ts'
import { startOwnDatabase } from '../practice/database.ts'
import { median, row } from './figures.ts'

const TIMES = 5

/** From the moment that the process is made to the moment that it says it can work: as at a deployment or after a crash. */
export async function benchStart(): Promise<void> {
  const database = await startOwnDatabase()
  const env = {
    SLACK_BOT_TOKEN: 'xoxb-benchmark',
    SLACK_SIGNING_SECRET: 'benchmark',
    // Nothing listens on port 9: a start waits for Slack no more than for any other system.
    SLACK_API_URL: 'http://127.0.0.1:9/api/',
    DATABASE_URL: database.botUrl,
    PLATFORM_FILE: 'platform.example.yaml',
    LOG_LEVEL: 'silent',
  }
  try {
    const times: number[] = []
    // The first is left out: it keeps compiled code for those that follow.
    for (let index = 0; index <= TIMES; index += 1) {
      const started = performance.now()
      const bot = await startBot({ env })
      await bot.ready()
      if (index > 0) times.push(performance.now() - started)
      await bot.stop()
    }
    row('start of the bot', 'process to /readyz 200', `${median(times).toFixed(0)} ms`, `${TIMES} starts`)
  } finally {
    await database.stop()
  }
}
