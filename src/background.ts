import { coerceError } from './core/errors.ts'
import type { Logger } from './log.ts'

/** Something that is done again and again while the process lives. */
export interface Chore {
  readonly name: string
  readonly everyMs: number
  run(signal: AbortSignal): Promise<unknown>
}

/**
 * Does chores, each on its own, the next time only when the last has ended, with a little jitter so that replicas do not do
 * them in step. A chore that fails is logged and done again at its time.
 */
export function createBackground(chores: readonly Chore[], log: Logger) {
  const stopping = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const underWay = new Set<Promise<void>>()

  function later(chore: Chore, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      const done = attempt(chore).finally(() => underWay.delete(done))
      underWay.add(done)
    }, ms)
    timers.add(timer)
  }

  async function attempt(chore: Chore): Promise<void> {
    try {
      await chore.run(stopping.signal)
    } catch (thrown) {
      if (!stopping.signal.aborted)
        log.error({ err: coerceError(thrown), chore: chore.name }, 'a chore failed: it is tried again')
    }
    if (!stopping.signal.aborted) later(chore, chore.everyMs * (0.9 + Math.random() * 0.2))
  }

  return {
    start() {
      for (const chore of chores) later(chore, Math.min(1000, chore.everyMs) * Math.random())
    },
    async stop() {
      stopping.abort(new Error('the process stops'))
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(underWay)
    },
  }
}
