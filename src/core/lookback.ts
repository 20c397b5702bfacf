/** An earlier look at counters that only ever grow, to measure what happened since. */
export interface Look<Value> {
  readonly at: Date
  readonly value: Value
}

export interface Lookback<Value> {
  /**
   * Remembers a look and gives the one to compare it with: the newest that is old enough, else the oldest there is; null
   * at the first. So two people who ask one after the other see the same span, not the half second between them.
   */
  remember(look: Look<Value>): Look<Value> | null
}

/** Half a minute: short enough to see a queue grow, long enough that ten messages are not six hundred a minute. */
const LEAST_MS = 30_000
const APART_MS = 5_000

export function createLookback<Value>(leastMs = LEAST_MS, apartMs = APART_MS): Lookback<Value> {
  let looks: readonly Look<Value>[] = []
  return {
    remember(look) {
      const age = (earlier: Look<Value>) => look.at.getTime() - earlier.at.getTime()
      // A clock that was set back makes the earlier looks useless.
      looks = looks.filter((earlier) => age(earlier) >= 0)
      const enough = looks.findLastIndex((earlier) => age(earlier) >= leastMs)
      looks = looks.slice(Math.max(enough, 0))
      const earlier = looks[0] ?? null
      const last = looks.at(-1)
      if (!last || age(last) >= apartMs) looks = [...looks, look]
      return earlier
    },
  }
}
