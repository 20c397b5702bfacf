import { schedule } from 'node-cron'
import { coerceError } from '../core/errors.ts'
import { type CronLog, cronLogger } from './cron-log.ts'

/** Something that every process does again and again while it lives: by a span, or by the clock. */
export interface Chore {
  readonly name: string
  readonly when: { readonly everyMs: number } | { readonly cron: string; readonly zone: string }
  /** Once at the start as well, for a chore by the clock; one by a span begins within a second anyway. */
  readonly atStart?: boolean
  run(signal: AbortSignal): Promise<unknown>
}

export interface Background {
  start(): void
  /** Aborts what is under way and waits for it. */
  stop(): Promise<void>
}

/**
 * Does chores, each on its own and the next time only when the last has ended. Those by a span have a little jitter, so that
 * replicas do not do them in step. A chore that fails is logged and done again at its time.
 */
export function createBackground(chores: readonly Chore[], log: CronLog): Background {
  const stopping = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const clocks: { destroy(): unknown }[] = []
  const underWay = new Set<Promise<void>>()

  async function attempt(chore: Chore): Promise<void> {
    try {
      await chore.run(stopping.signal)
    } catch (thrown) {
      if (stopping.signal.aborted) return
      log.error({ err: coerceError(thrown), chore: chore.name }, 'a chore failed: it is tried again')
    }
  }

  function begin(chore: Chore): Promise<void> {
    const done = attempt(chore).finally(() => underWay.delete(done))
    underWay.add(done)
    return done
  }

  function after(ms: number, everyMs: number, chore: Chore): void {
    const timer = setTimeout(async () => {
      timers.delete(timer)
      await begin(chore)
      if (!stopping.signal.aborted) after(everyMs * (0.9 + Math.random() * 0.2), everyMs, chore)
    }, ms)
    timers.add(timer)
  }

  return {
    start() {
      for (const chore of chores) {
        if ('everyMs' in chore.when) {
          after(Math.min(1000, chore.when.everyMs) * Math.random(), chore.when.everyMs, chore)
          continue
        }
        const { cron, zone } = chore.when
        if (chore.atStart) void begin(chore)
        clocks.push(
          schedule(cron, () => begin(chore), {
            timezone: zone,
            noOverlap: true,
            suppressMissedWarning: true,
            logger: cronLogger(log),
          }),
        )
      }
    },
    async stop() {
      stopping.abort(new Error('the process stops'))
      for (const timer of timers) clearTimeout(timer)
      for (const clock of clocks) await clock.destroy()
      await Promise.all(underWay)
    },
  }
}
