/** Slack's special limit: about one message a second and channel, with short bursts. https://docs.slack.dev/apis/web-api/rate-limits */
const PER_SECOND = 1
const BURST = 4

export interface RateLimits {
  /** Seconds to wait, as Retry-After says them; 0 when the call may go on. */
  take(key: string): number
}

export function createRateLimits(now: () => number = Date.now): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    take(key) {
      const bucket = buckets.get(key) ?? { tokens: BURST, at: now() }
      const tokens = Math.min(BURST, bucket.tokens + ((now() - bucket.at) / 1000) * PER_SECOND)
      const allowed = tokens >= 1
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now() })
      return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / PER_SECOND))
    },
  }
}
