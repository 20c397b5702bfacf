import { z } from 'zod'
import type { Mirror } from '../core/ports/mirror.ts'
import type { SlackClient } from './client.ts'
import {
  membersOf,
  mirroredChannel,
  mirroredUser,
  type SlackGroup,
  slackChannel,
  slackGroup,
  slackUser,
} from './identity-kinds.ts'

/** Asks Slack about one thing and saves the answer in the mirror. All of them throw what `outcome.ts` classifies. */
export interface Lookups {
  user(user: string): Promise<void>
  channel(channel: string): Promise<void>
  /** All user groups; the members of those whose list came incomplete are still to be asked for. */
  groups(): Promise<readonly SlackGroup[]>
  /** The members of one group. */
  group(group: SlackGroup): Promise<void>
}

const userAnswer = z.object({ user: slackUser })
const channelAnswer = z.object({ channel: slackChannel })
const groupsAnswer = z.object({ usergroups: z.array(slackGroup) })
const membersAnswer = z.object({ users: z.array(z.string()) })

export function createLookups(options: {
  client: SlackClient
  mirror: Mirror
  /** Our own team, asked of Slack when it is not known yet. */
  team: () => Promise<string>
}): Lookups {
  const { client, mirror, team } = options
  return {
    async user(user) {
      const ours = await team()
      const answer = userAnswer.parse(await client.call('users.info', { user }))
      await mirror.saveUser(mirroredUser(answer.user, ours))
    },
    async channel(channel) {
      const answer = channelAnswer.parse(await client.call('conversations.info', { channel }))
      await mirror.saveChannel(mirroredChannel(answer.channel))
    },
    async groups() {
      const asked = { include_users: true, include_disabled: true, include_count: true }
      const { usergroups } = groupsAnswer.parse(await client.call('usergroups.list', asked))
      const incomplete: SlackGroup[] = []
      for (const group of usergroups) {
        const members = membersOf(group)
        if (members === null) incomplete.push(group)
        else await mirror.saveGroup(group.id, group.handle, members)
      }
      return incomplete
    },
    async group({ id, handle }) {
      const { users } = membersAnswer.parse(await client.call('usergroups.users.list', { usergroup: id }))
      await mirror.saveGroup(id, handle, users)
    },
  }
}
