import { z } from 'zod'
import type { MirroredChannel, MirroredUser } from '../core/access.ts'
import type { UserKind } from '../core/ask.ts'
import { slackId } from './ids.ts'

/** Slack's objects for users, channels and groups, as far as a decision rests on them. */

const flag = z.boolean().nullish()

/** https://docs.slack.dev/reference/objects/user-object */
export const slackUser = z.object({
  id: slackId,
  team_id: slackId.nullish(),
  name: z.string().default(''),
  real_name: z.string().nullish(),
  deleted: flag,
  is_bot: flag,
  is_workflow_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  profile: z.object({ display_name: z.string().nullish(), real_name: z.string().nullish() }).nullish(),
  enterprise_user: z.object({ teams: z.array(slackId).nullish() }).nullish(),
})
export type SlackUser = z.infer<typeof slackUser>

/** https://docs.slack.dev/reference/objects/conversation-object */
export const slackChannel = z.object({
  id: slackId,
  name: z.string().nullish(),
  is_archived: flag,
  is_ext_shared: flag,
  is_pending_ext_shared: flag,
  pending_shared: z.array(z.unknown()).nullish(),
  pending_connected_team_ids: z.array(z.unknown()).nullish(),
})

/** https://docs.slack.dev/reference/objects/usergroup-object */
export const slackGroup = z.object({
  id: slackId,
  handle: z.string().default(''),
  date_delete: z.number().nullish(),
  users: z.array(slackId).nullish(),
  user_count: z.coerce.number().nullish(),
})
export type SlackGroup = z.infer<typeof slackGroup>

/** What a user is, seen from our team; `team` is ours. The most telling fact wins: a deactivated guest is deactivated. */
export function kindOf(user: SlackUser, team: string): UserKind {
  if (user.deleted) return 'deactivated'
  if (user.is_bot || user.is_workflow_bot || user.id === 'USLACKBOT') return 'bot'
  const ours = user.team_id === team || (user.enterprise_user?.teams?.includes(team) ?? false)
  if (user.is_stranger || !ours) return 'external'
  if (user.is_restricted || user.is_ultra_restricted) return 'guest'
  return 'member'
}

/** The mirror's row of a user. */
export function mirroredUser(user: SlackUser, team: string): Omit<MirroredUser, 'seenAt'> {
  const name = [user.profile?.display_name, user.real_name, user.profile?.real_name, user.name].find(Boolean)
  return { user: user.id, team: user.team_id ?? '', name: name ?? user.id, kind: kindOf(user, team) }
}

/** The mirror's row of a channel. A channel that is about to be shared counts as shared already. */
export function mirroredChannel(channel: z.infer<typeof slackChannel>): MirroredChannel {
  const pending = [channel.pending_shared, channel.pending_connected_team_ids].some((list) => list?.length)
  return {
    channel: channel.id,
    name: channel.name ?? channel.id,
    shared: Boolean(channel.is_ext_shared || channel.is_pending_ext_shared || pending),
    archived: Boolean(channel.is_archived),
  }
}

/** A group that was switched off has no members, whatever Slack still lists. */
export function membersOf(group: SlackGroup): readonly string[] | null {
  if (group.date_delete) return []
  if (!group.users) return null
  // A list shorter than its own count was cut: the members have to be asked for.
  return group.users.length >= (group.user_count ?? 0) ? group.users : null
}
