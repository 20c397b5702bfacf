import type { Message } from '../slack/messages.ts'
import { authorOf } from './presentation.ts'
import { speaksTo } from './reading.ts'
import { type Places, placesOf } from './workspace.ts'

/** A thread that somebody takes part in: began, answered in, or was named at the beginning of. */
export interface Followed {
  readonly channel: string
  readonly ts: string
  readonly author: string
  readonly text: string
  readonly replies: number
  /** Answers of others since this person looked at the thread. */
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
      const own = roots.filter((root) => takesPart(places, person, root))
      return Promise.all(own.map((root) => followed(places, person, root)))
    }),
  )
  return found
    .flat()
    .toSorted((a, b) => Number(b.unread > 0) - Number(a.unread > 0) || Number(b.last) - Number(a.last))
}

function takesPart({ slack }: Places, person: string, root: Message): boolean {
  if (root.replyCount === 0) return false
  return root.user === person || root.replyUsers.includes(person) || speaksTo(slack, person, root)
}

async function followed({ slack, reading }: Places, person: string, root: Message): Promise<Followed> {
  const { channel, ts, text } = root
  const replies = (await slack.thread(channel, ts)).filter((message) => message.ts !== ts)
  const readUpTo = reading.readUpTo(person, threadKey(channel, ts))
  return {
    ...{ channel, ts, text, author: authorOf(slack.state, root.user).name, replies: replies.length },
    unread: replies.filter((reply) => reply.ts > readUpTo && reply.user !== person).length,
    last: replies.at(-1)?.ts ?? ts,
  }
}
