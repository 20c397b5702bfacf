import { setTimeout as sleep } from 'node:timers/promises'
import { coerceError } from './core/errors.ts'
import { ConfigurationError } from './faults.ts'
import type { Logger } from './log.ts'
import { seedsOf } from './people.ts'
import type { Platform } from './platform.ts'
import { checkSchema } from './store/schema.ts'
import { seedOnce } from './store/seed.ts'
import type { Store } from './store/store.ts'

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5000

/**
 * Waits for Bakery's own database, for as long as it takes: the process stays, and says that it is not ready. Throws
 * `ConfigurationError` when the database is there and its schema is not.
 */
export async function startStore(
  store: Store,
  platform: Platform,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      await requireSchema(store)
      await seedOnce(store.pool, seedsOf(platform))
      await store.start()
      return
    } catch (thrown) {
      if (thrown instanceof ConfigurationError || signal.aborted) throw thrown
      log.warn({ err: coerceError(thrown) }, 'Bakery’s own database is not there yet: trying again')
      await sleep(pause, undefined, { signal })
    }
  }
}

/** Throws `ConfigurationError`, with the command to run, when the database's schema is not this release's. */
export async function requireSchema({ pool }: Store): Promise<void> {
  const state = await checkSchema(pool)
  if (state === 'current') return
  throw new ConfigurationError([
    `DATABASE_URL: found ${state === 'empty' ? 'a database without Bakery’s tables' : 'an older schema'}, ` +
      'expected the schema of this release: run `npm run migrate`',
  ])
}
