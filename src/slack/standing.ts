import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { backoffMs } from './backoff.ts'
import type { SlackClient } from './client.ts'
import { classify } from './outcome.ts'

/** Who Bakery is in Slack: asked once it can be, and never waited for by a request. */
export interface Standing {
  /** Asks until Slack answers, or until `stop`. */
  start(): void
  stop(): void
  teamId(): string | null
  botUser(): string | null
  /** Our team, asked now when it is not known yet. Throws what `outcome.ts` classifies. */
  team(): Promise<string>
  /** Slack's code when it does not accept the token; null: it does, or could not be asked. */
  refusal(): string | null
}

const whoAmI = z.object({ team_id: z.string().min(1), user_id: z.string().min(1) })
const ASK_AGAIN = { firstMs: 1_000, mostMs: 60_000 }

export function createStanding(client: SlackClient, log: Logger): Standing {
  const stopping = new AbortController()
  let known: z.infer<typeof whoAmI> | null = null
  let refusal: string | null = null

  async function ask(): Promise<z.infer<typeof whoAmI>> {
    try {
      known = whoAmI.parse(await client.call('auth.test', {}))
      refusal = null
      return known
    } catch (thrown) {
      const failure = classify(thrown)
      if (failure.failure === 'refused') refusal = failure.code
      throw thrown
    }
  }

  async function askUntilKnown(): Promise<void> {
    for (let failures = 0; known === null && !stopping.signal.aborted; failures += 1) {
      try {
        const { team_id, user_id } = await ask()
        log.info({ team: team_id, bot: user_id }, 'Slack knows the bot')
      } catch (thrown) {
        if (failures === 0)
          log.warn({ failure: classify(thrown) }, 'Slack was not reached; it is asked again')
        const { signal } = stopping
        await sleep(backoffMs(failures, ASK_AGAIN), undefined, { signal, ref: false }).catch(() => undefined)
      }
    }
  }

  return {
    start: () => void askUntilKnown(),
    stop: () => stopping.abort(),
    teamId: () => known?.team_id ?? null,
    botUser: () => known?.user_id ?? null,
    team: async () => (known ?? (await ask())).team_id,
    refusal: () => refusal,
  }
}
