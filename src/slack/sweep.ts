import type { Logger } from 'pino'
import type { Mirror } from '../core/ports/mirror.ts'
import type { Lookups } from './lookups.ts'
import { classify } from './outcome.ts'

/**
 * Slack's limits a minute are 100 for users.info (tier 4), 50 for conversations.info (tier 3) and 20 for user groups (tier 2).
 * A sweep takes half of each, so that a person who asks now is never made to wait for it.
 * Source: https://docs.slack.dev/apis/web-api/rate-limits
 */
const PAUSE_MS = { user: 1_200, channel: 2_400, group: 6_000 }

/** What was seen less than so many seconds ago is left alone: events keep it fresh in between. */
const FRESH_SECONDS = 900

/** How many a sweep looks at, at most: four minutes' worth. */
const MOST = { users: 200, channels: 100 }

/** One sweep over users, channels and groups, side by side. What Slack limits or does not answer waits for the next sweep. */
export function createSweep(options: {
  lookups: Lookups
  mirror: Mirror
  log: Logger
  pause: (ms: number, signal: AbortSignal) => Promise<void>
}): (signal: AbortSignal) => Promise<void> {
  const { lookups, mirror, log, pause } = options

  async function each<T>(
    things: readonly T[],
    ms: number,
    look: (thing: T) => Promise<void>,
    signal: AbortSignal,
  ) {
    for (const thing of things) {
      signal.throwIfAborted()
      try {
        await look(thing)
      } catch (thrown) {
        // One that Slack refuses to show is passed over; anything else would meet all that follow, too.
        if (classify(thrown).failure !== 'refused') throw thrown
      }
      await pause(ms, signal)
    }
  }

  async function part(name: string, sweep: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await sweep()
    } catch (thrown) {
      if (!signal.aborted)
        log.warn({ part: name, failure: classify(thrown) }, 'A sweep over Slack ended early')
    }
  }

  return async (signal) => {
    const users = async () =>
      each(await mirror.staleUsers(FRESH_SECONDS, MOST.users), PAUSE_MS.user, lookups.user, signal)
    const channels = async () =>
      each(
        await mirror.staleChannels(FRESH_SECONDS, MOST.channels),
        PAUSE_MS.channel,
        lookups.channel,
        signal,
      )
    const groups = async () => each(await lookups.groups(), PAUSE_MS.group, lookups.group, signal)
    await Promise.all([
      part('users', users, signal),
      part('channels', channels, signal),
      part('groups', groups, signal),
    ])
  }
}
