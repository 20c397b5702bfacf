import { startBot } from './bot.ts'
import { botConfig } from './config.ts'
import { coerceError } from './core/errors.ts'
import { ConfigurationError, EXIT_CONFIGURATION } from './faults.ts'
import { createReleases, untilSignal } from './lifecycle.ts'
import { createLog } from './log.ts'

/**
 * The bot, from its configuration to its end. A configuration at fault is said line by line on standard error (exit 78); a
 * signal ends what is under way and exits 0.
 */
async function work(): Promise<void> {
  const config = botConfig()
  const log = createLog(config.logLevel)
  const releases = createReleases()
  const signal = untilSignal()
  try {
    const { port, ready } = await startBot(config, log, releases)
    log.info({ port, platform: config.platform.name }, 'Bakery listens')
    const first = await Promise.race([signal, ready])
    if (first === undefined) log.info('Bakery is ready')
    log.info({ signal: await signal }, 'Bakery stops')
  } finally {
    await releases.releaseAll()
  }
}

/** Works until it is told to stop, and ends the process. */
export async function run(): Promise<never> {
  try {
    await work()
    process.exit(0)
  } catch (thrown) {
    const problem = coerceError(thrown)
    const faults = problem instanceof ConfigurationError ? problem.faults : [problem.stack ?? problem.message]
    process.stderr.write(`${faults.join('\n')}\n`)
    process.exit(problem instanceof ConfigurationError ? EXIT_CONFIGURATION : 1)
  }
}
