import type { Pool } from 'pg'

/** A skew at which Slack's timestamps and the database's expiries no longer agree. */
const MOST_SKEW_MS = 30_000
const ANSWER_WITHIN_MS = 1500

/** Reasons why Bakery's own database keeps this process from working; empty when it does not. */
export function createProbe(options: { pool: Pool; now: () => Date }): () => Promise<readonly string[]> {
  return async () => {
    try {
      const asked = options.pool.query<{ now: number }>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
      )
      const { rows } = await Promise.race([asked, late()])
      const skew = Math.abs((rows[0]?.now ?? 0) - options.now().getTime())
      if (skew <= MOST_SKEW_MS) return []
      return [`this machine's clock and the database's differ by ${Math.round(skew / 1000)} s`]
    } catch {
      return ["Bakery's own database cannot be reached"]
    }
  }
}

async function late(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS).unref())
  throw new Error('the database did not answer')
}
