import type { PracticeSlack } from '../slack/start.ts'
import type { Channel, Person } from '../slack/workspace.ts'
import type { Reading } from './reading.ts'

/** Where everything about the workspace is found. */
export interface Places {
  readonly slack: PracticeSlack
  readonly reading: Reading
}

/** A channel in somebody's sidebar. */
export interface Entry {
  readonly id: string
  readonly unread: number
  readonly forMe: number
  /** The last message that was read; what is newer stands under the line “New”. */
  readonly readUpTo: string
}

/** Somebody of the workspace, as the switch shows them. */
export interface Face extends Person {
  /** What waits for this person: direct messages and messages that name them. */
  readonly waiting: number
}

const present = ({ kind }: Person): boolean => kind !== 'deactivated' && kind !== 'bot'

const channelsOf = ({ slack }: Places, person: string): readonly Channel[] =>
  [...slack.state.channels.values()].filter(({ members, archived }) => members.includes(person) && !archived)

/** The channels and direct messages that somebody is in. */
export const placesOf = (places: Places, person: string): readonly string[] => [
  ...channelsOf(places, person).map(({ id }) => id),
  ...[...places.slack.state.directs].filter(([, two]) => two.includes(person)).map(([id]) => id),
]

async function entryFor({ reading }: Places, person: string, id: string): Promise<Entry> {
  const { messages, forMe } = await reading.unread(person, id)
  return { id, unread: messages, forMe, readUpTo: reading.readUpTo(person, id) }
}

/** The channels that somebody is in, with what is unread there. */
export async function channelEntries(places: Places, person: string) {
  return Promise.all(
    channelsOf(places, person).map(async ({ id, name, topic, shared, members }) => ({
      ...{ name, topic, shared, members: members.length },
      ...(await entryFor(places, person, id)),
    })),
  )
}

/** The direct messages with the app. */
export const appEntry = async (places: Places, person: string): Promise<Entry> =>
  entryFor(places, person, await places.slack.direct(person))

/** Whom somebody can write to: everybody with whom they share a channel. `id` is empty where nobody has written yet. */
export async function directEntries(places: Places, person: string) {
  const { state } = places.slack
  const known = new Set(channelsOf(places, person).flatMap(({ members }) => members))
  const others = [...state.people.values()].filter(
    (one) => present(one) && one.id !== person && known.has(one.id),
  )
  return Promise.all(
    others.map(async ({ id: other, realName, kind, title }) => {
      const channel = directOf(places, person, other)
      const none: Entry = { id: '', unread: 0, forMe: 0, readUpTo: '' }
      return {
        ...{ person: other, name: realName, kind, title },
        ...(channel === null ? none : await entryFor(places, person, channel)),
      }
    }),
  )
}

function directOf({ slack }: Places, one: string, other: string): string | null {
  const found = [...slack.state.directs].find(([, two]) => two.includes(one) && two.includes(other))
  return found?.[0] ?? null
}

/** Everybody whom the page can be, each with what waits for them. */
export async function faces(places: Places): Promise<readonly Face[]> {
  const { slack } = places
  return Promise.all(
    [...slack.state.people.values()].filter(present).map(async (person) => {
      const counts = await Promise.all(
        placesOf(places, person.id).map((id) => places.reading.unread(person.id, id)),
      )
      return { ...person, waiting: counts.reduce((sum, { forMe }) => sum + forMe, 0) }
    }),
  )
}

/** Whether this person may look at a channel or a direct message. */
export function mayLook({ slack }: Places, person: string, channel: string): boolean {
  const known = slack.state.channels.get(channel)
  return known?.members.includes(person) ?? slack.state.directs.get(channel)?.includes(person) ?? false
}
