import type { Message } from '../slack/messages.ts'
import { authorOf } from './presentation.ts'
import { speaksTo } from './reading.ts'
import { type Places, placesOf } from './workspace.ts'

/** A thread that somebody takes part in: began, answered in, or was named in. */
export interface Followed {
  readonly channel: string
  readonly ts: string
  readonly author: string
  readonly text: string
  /** Who answered last, and what. */
  readonly answer: { readonly author: string; readonly text: string }
  readonly replies: number
  /** Answers of others since this person looked at the thread or answered. */
  readonly unread: number
  /** The last answer. */
  readonly last: string
}

/** Under which name it is remembered what somebody has read of a thread. */
export const threadKey = (channel: string, ts: string): string => `${channel}:${ts}`

/** The threads of a person: those with something unread first, then by their last answer. */
export async function threadsOf(places: Places, person: string): Promise<readonly Followed[]> {
  const found = await Promise.all(
    placesOf(places, person).map(async (channel) => {
      const roots = await places.reading.messages(channel)
      return Promise.all(
        roots.filter(({ replyCount }) => replyCount > 0).map((root) => followed(places, person, root)),
      )
    }),
  )
  return found
    .flat()
    .filter((thread) => thread !== null)
    .toSorted((a, b) => Number(b.unread > 0) - Number(a.unread > 0) || Number(b.last) - Number(a.last))
}

/** Null where the person takes no part. As in Slack, to be named in an answer is to take part from then on. */
async function followed(places: Places, person: string, root: Message): Promise<Followed | null> {
  const { slack, reading } = places
  const { channel, ts } = root
  const replies = await reading.replies(channel, ts)
  const named = () => [root, ...replies].some((message) => speaksTo(slack, person, message))
  if (root.user !== person && !root.replyUsers.includes(person) && !named()) return null
  const own = replies.findLast(({ user }) => user === person)?.ts ?? ''
  const looked = reading.readUpTo(person, threadKey(channel, ts))
  const readUpTo = own > looked ? own : looked
  const said = ({ user, text }: Message) => ({ author: authorOf(slack.state, user).name, text })
  return {
    ...{ channel, ts, ...said(root), answer: said(replies.at(-1) ?? root), replies: replies.length },
    unread: replies.filter((reply) => reply.ts > readUpTo).length,
    last: replies.at(-1)?.ts ?? ts,
  }
}
