import { z } from 'zod'
import type { Mirror } from '../core/ports/mirror.ts'
import { membersOf, mirroredUser, slackGroup, slackUser } from './identity-kinds.ts'
import { slackId } from './ids.ts'
import type { Lookups } from './lookups.ts'

/** The events that Bakery subscribes to, with the scopes that Slack asks for them. manifest.yml is held against this table. */
export const EVENTS = {
  app_home_opened: [],
  user_change: ['users:read'],
  team_join: ['users:read'],
  subteam_created: ['usergroups:read'],
  subteam_updated: ['usergroups:read'],
  subteam_members_changed: ['usergroups:read'],
  channel_rename: ['channels:read'],
  channel_archive: ['channels:read'],
  channel_unarchive: ['channels:read'],
  channel_deleted: ['channels:read'],
  channel_shared: ['channels:read', 'groups:read'],
  channel_unshared: ['channels:read', 'groups:read'],
  group_rename: ['groups:read'],
  group_archive: ['groups:read'],
  group_unarchive: ['groups:read'],
  group_deleted: ['groups:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
} as const satisfies Record<string, readonly string[]>

export type HandledEvent = keyof typeof EVENTS
export const HANDLED_EVENTS: readonly HandledEvent[] = Object.keys(EVENTS).filter(isHandled)

/** What each event does to the mirror. A handler rejects when Slack or the mirror fails; the sweep makes up for it. */
export type EventHandlers = Readonly<
  Record<HandledEvent, (event: Readonly<Record<string, unknown>>) => Promise<void>>
>

const userEvent = z.object({ user: slackUser })
const groupEvent = z.object({ subteam: slackGroup })
const membersEvent = z.object({ subteam_id: slackId })
const channelEvent = z.object({
  channel: z.union([slackId, z.object({ id: slackId }).transform(({ id }) => id)]),
})
const homeEvent = z.object({ user: slackId, tab: z.string().default('home') })
const joinEvent = z.object({ user: slackId, channel: slackId })

export function createEventHandlers(options: {
  mirror: Mirror
  lookups: Lookups
  team: () => Promise<string>
  /** Our own bot's user id; null while it is not known. */
  botUser: () => string | null
  /** Shows somebody their home. */
  home: (user: string) => Promise<void>
}): EventHandlers {
  const { mirror, lookups, team, botUser, home } = options
  const user: Handler = async (event) =>
    mirror.saveUser(mirroredUser(userEvent.parse(event).user, await team()))
  const group: Handler = async (event) => {
    const { subteam } = groupEvent.parse(event)
    const members = membersOf(subteam)
    if (members === null) await lookups.group(subteam)
    else await mirror.saveGroup(subteam.id, subteam.handle, members)
  }
  const members: Handler = async (event) => {
    // The event tells the change and not the handle, and changes can arrive out of order: all groups are asked for.
    const { subteam_id } = membersEvent.parse(event)
    const incomplete = await lookups.groups()
    await Promise.all(incomplete.filter(({ id }) => id === subteam_id).map(lookups.group))
  }
  const channel: Handler = async (event) => lookups.channel(channelEvent.parse(event).channel)
  const deleted: Handler = async (event) => {
    const { channel: id } = channelEvent.parse(event)
    await mirror.saveChannel({ channel: id, name: id, shared: false, archived: true })
  }
  const sharedNow: Handler = async (event) => {
    // Believed at once, before Slack was asked: from now on others may be reading.
    const { channel: id } = channelEvent.parse(event)
    await mirror.saveChannel({ channel: id, name: id, shared: true, archived: false })
    await lookups.channel(id)
  }
  const joined: Handler = async (event) => {
    const { user: who, channel: id } = joinEvent.parse(event)
    if (who === botUser()) await lookups.channel(id)
  }
  const homeOpened: Handler = async (event) => {
    const { user: who, tab } = homeEvent.parse(event)
    if (tab === 'home') await home(who)
  }
  return {
    app_home_opened: homeOpened,
    user_change: user,
    team_join: user,
    subteam_created: group,
    subteam_updated: group,
    subteam_members_changed: members,
    channel_rename: channel,
    channel_archive: channel,
    channel_unarchive: channel,
    channel_deleted: deleted,
    channel_shared: sharedNow,
    channel_unshared: channel,
    group_rename: channel,
    group_archive: channel,
    group_unarchive: channel,
    group_deleted: deleted,
    member_joined_channel: joined,
  }
}

type Handler = EventHandlers[HandledEvent]

function isHandled(type: string): type is HandledEvent {
  return Object.hasOwn(EVENTS, type)
}
