import { type Logger as BoltLogger, LogLevel } from '@slack/bolt'
import type { Logger } from 'pino'

/**
 * Bolt's, web-api's and socket-mode's logger over ours. Their own warnings become debug lines: every one of them stands for an
 * error that is thrown as well, and handled and counted where it is caught. Their debug lines are dropped, because they hold
 * whole requests.
 */
export function createBoltLog(log: Logger): BoltLogger {
  const write = (message: unknown) => {
    log.debug({ said: message instanceof Error ? message.message : String(message) }, 'A Slack library says')
  }
  return {
    debug: () => undefined,
    info: write,
    warn: write,
    error: write,
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
