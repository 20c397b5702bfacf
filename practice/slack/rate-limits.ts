/** How often something may be done: `burst` at once, and then `perSecond`. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Slack's special limit: about one message a second and channel, with short bursts. https://docs.slack.dev/apis/web-api/rate-limits */
export const MESSAGES: Rate = { perSecond: 1, burst: 4 }
/** A response_url takes about one post a second, like a webhook. */
export const RESPONSES: Rate = { perSecond: 1, burst: 5 }

const perMinute = (calls: number): Rate => ({ perSecond: calls / 60, burst: calls })
const TIERS = { 2: perMinute(20), 3: perMinute(50), 4: perMinute(100) } as const

/** Slack's tiers for the methods that Bakery calls; what is not here has no limit of its own. */
const TIER_OF: Readonly<Record<string, keyof typeof TIERS>> = {
  'users.list': 2,
  'conversations.list': 2,
  'usergroups.list': 2,
  'usergroups.users.list': 2,
  'chat.update': 3,
  'chat.delete': 3,
  'conversations.info': 3,
  'conversations.history': 3,
  'conversations.replies': 3,
  'conversations.open': 3,
  'chat.postEphemeral': 4,
  'users.info': 4,
  'conversations.members': 4,
  'files.getUploadURLExternal': 4,
  'files.completeUploadExternal': 4,
  'views.open': 4,
  'views.push': 4,
  'views.update': 4,
  'views.publish': 4,
}

export function rateOf(method: string): Rate | null {
  const tier = TIER_OF[method]
  return tier === undefined ? null : TIERS[tier]
}

export interface RateLimits {
  /** Seconds to wait, as Retry-After says them; 0 when the call may go on. */
  take(key: string, rate?: Rate): number
}

export function createRateLimits(now: () => number = Date.now): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    take(key, { perSecond, burst } = MESSAGES) {
      const bucket = buckets.get(key) ?? { tokens: burst, at: now() }
      const tokens = Math.min(burst, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond)
      const allowed = tokens >= 1
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now() })
      return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond))
    },
  }
}
