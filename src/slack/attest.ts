import { z } from 'zod'
import type { MirroredUser } from '../core/access.ts'
import type { UserKind } from '../core/ask.ts'
import { DependencyError } from '../core/errors.ts'
import type { Mirror } from '../core/ports/mirror.ts'
import type { Attestation } from '../core/ports/planner.ts'
import type { SlackClient } from './client.ts'
import { mirroredUser, slackUser } from './identity-kinds.ts'
import { slackId } from './ids.ts'
import { labelOf } from './outcome.ts'

const userAnswer = z.object({ user: slackUser })
const membersAnswer = z.object({
  members: z.array(slackId),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
})

/** https://docs.slack.dev/reference/methods/conversations.members: at most 1,000 at a time, 200 are recommended. */
const PAGE = 200
/** Channels of more than 10,000 members are not for operations. */
const MOST_PAGES = 50

/**
 * Asks Slack at this moment, past the mirror: what a person is, and whether they are in the channel. What is new about the
 * person goes into the mirror before anything is answered, so that a deactivation holds from here on.
 */
export function createAttestation(options: {
  client: SlackClient
  mirror: Pick<Mirror, 'saveUser'>
  /** What the mirror says of somebody; undefined: nothing that is known here. */
  mirrored: (user: string) => MirroredUser | undefined
  team: () => Promise<string>
}): Attestation {
  const { client, mirror, mirrored, team } = options

  async function kindNow(user: string): Promise<UserKind> {
    const [ours, answer] = await Promise.all([team(), client.call('users.info', { user })])
    const now = mirroredUser(userAnswer.parse(answer).user, ours)
    if (!isSame(now, mirrored(user))) await mirror.saveUser(now)
    return now.kind
  }

  async function isIn(user: string, channel: string): Promise<boolean> {
    let cursor = ''
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const asked = { channel, limit: PAGE, ...(cursor === '' ? {} : { cursor }) }
      const { members, response_metadata } = membersAnswer.parse(
        await client.call('conversations.members', asked),
      )
      if (members.includes(user)) return true
      cursor = response_metadata?.next_cursor ?? ''
      if (cursor === '') return false
    }
    return false
  }

  return {
    async attest(user, channel) {
      try {
        const [kind, inChannel] = await Promise.all([kindNow(user), channel !== null && isIn(user, channel)])
        return { kind, inChannel }
      } catch (thrown) {
        throw new DependencyError({
          dependency: 'slack',
          operation: 'attest',
          message: `Slack could not be asked who this is (${labelOf(thrown)}), so nothing was decided. Try again in a minute.`,
          retryable: true,
          cause: thrown,
        })
      }
    },
  }
}

/** Nothing to write down: a transaction for every click would only make it wait. */
function isSame(now: Omit<MirroredUser, 'seenAt'>, before: MirroredUser | undefined): boolean {
  const { team, name, kind } = now
  return before !== undefined && team === before.team && name === before.name && kind === before.kind
}
