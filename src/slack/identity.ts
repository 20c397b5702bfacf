import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Identities } from '../core/ports/intake.ts'
import type { Mirror } from '../core/ports/mirror.ts'
import type { SlackClient } from './client.ts'
import { isDirect } from './ids.ts'
import { createLookups, type Lookups } from './lookups.ts'
import { classify } from './outcome.ts'
import { createSharedCalls } from './shared-calls.ts'
import { createSweep } from './sweep.ts'

export interface SlackIdentities extends Identities {
  /** Looks again at those seen longest ago, and at all user groups, within Slack's limits. Never throws. */
  sweep(signal: AbortSignal): Promise<void>
  /** Single look-ups, for events. */
  readonly lookups: Lookups
}

/** How long an id that Slack does not know is not asked for again, in milliseconds. */
const UNKNOWN_FOR_MS = 60_000
const UNKNOWN_REMEMBERED = 10_000

const USER_ID = /^[UW][A-Z0-9_]{1,63}$/

export function createIdentities(options: {
  client: SlackClient
  mirror: Mirror
  team: () => Promise<string>
  log: Logger
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}): SlackIdentities {
  const { client, mirror, team, log } = options
  const lookups = createLookups({ client, mirror, team })
  const shared = createSharedCalls()
  const unknown = new Map<string, number>()

  /** Never rejects: who could not be looked up stays unknown, and is treated as such. */
  async function learn(id: string, look: () => Promise<void>): Promise<void> {
    if ((unknown.get(id) ?? 0) > performance.now()) return
    try {
      await shared(id, look)
      unknown.delete(id)
    } catch (thrown) {
      if (unknown.size >= UNKNOWN_REMEMBERED) unknown.clear()
      const failure = classify(thrown)
      if (failure.failure === 'refused') unknown.set(id, performance.now() + UNKNOWN_FOR_MS)
      log.debug({ id, failure }, 'An identity could not be looked up')
    }
  }

  return {
    lookups,
    async ensure({ user, channel }, budgetMs) {
      const asked = [
        ...(USER_ID.test(user) ? [learn(user, () => lookups.user(user))] : []),
        ...(channel === null || isDirect(channel) ? [] : [learn(channel, () => lookups.channel(channel))]),
      ]
      const budget = new AbortController()
      const over = sleep(budgetMs, undefined, { signal: budget.signal, ref: false }).catch(() => undefined)
      await Promise.race([Promise.all(asked), over])
      budget.abort()
    },
    sweep: createSweep({
      lookups,
      mirror,
      log,
      pause: options.pause ?? ((ms, signal) => sleep(ms, undefined, { signal, ref: false })),
    }),
  }
}
