import { WebAPIRateLimitedError } from '@slack/web-api'
import type { SlackClient } from './client.ts'
import type { Method } from './methods.ts'

/**
 * A client that remembers, for each method, how long Slack asked to be left alone, and does not ask again before that.
 * chat.postMessage is not remembered here: its limit is a channel's, and the outbox pauses the channel.
 */
export function createLimitedClient(client: SlackClient, nowMs: () => number = Date.now): SlackClient {
  const until = new Map<Method, number>()
  return {
    async call(method, args) {
      const waitMs = (until.get(method) ?? 0) - nowMs()
      if (waitMs > 0) throw new WebAPIRateLimitedError(waitMs / 1000)
      try {
        return await client.call(method, args)
      } catch (thrown) {
        if (thrown instanceof WebAPIRateLimitedError && method !== 'chat.postMessage') {
          until.set(method, nowMs() + thrown.retryAfter * 1000)
        }
        throw thrown
      }
    },
  }
}
