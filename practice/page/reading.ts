import type { Message } from '../slack/messages.ts'
import type { PracticeSlack } from '../slack/start.ts'

/** What somebody has not read in a channel yet. */
export interface Unread {
  readonly messages: number
  /** Of these, those that speak to the person: by name, by a group, to everybody, or in a direct message. */
  readonly forMe: number
}

/** What has been said, kept until something is said, and what each person has read of it. */
export interface Reading {
  /** Outside threads, oldest first; nobody's ephemeral messages. */
  messages(channel: string): Promise<readonly Message[]>
  /** The answers in a thread, oldest first; nobody's ephemeral messages. */
  replies(channel: string, ts: string): Promise<readonly Message[]>
  unread(person: string, channel: string): Promise<Unread>
  /** The last message that this person has read; empty: none. */
  readUpTo(person: string, channel: string): string
  mark(person: string, channel: string, ts: string): void
  stop(): void
}

type Kept = Map<string, Promise<readonly Message[]>>

export function createReading(slack: PracticeSlack): Reading {
  const kept = new Map<string, Kept>()
  const marks = new Map<string, string>()
  const stop = slack.subscribe(({ type, channel }) => {
    if (type === 'message' || type === 'files') channel === undefined ? kept.clear() : kept.delete(channel)
  })
  /** What was asked of a channel, asked again after it failed. `thread`: empty for what stands outside threads. */
  const once = (channel: string, thread: string, ask: () => Promise<readonly Message[]>) => {
    const ofChannel: Kept = kept.get(channel) ?? new Map()
    kept.set(channel, ofChannel)
    const known = ofChannel.get(thread)
    if (known !== undefined) return known
    const asked = ask()
    ofChannel.set(thread, asked)
    asked.catch(() => ofChannel.delete(thread))
    return asked
  }
  const messages = (channel: string) => once(channel, '', () => slack.messages(channel))
  const readUpTo = (person: string, channel: string) => marks.get(`${person} ${channel}`) ?? ''
  return {
    messages,
    replies: (channel, thread) =>
      once(channel, thread, async () =>
        (await slack.thread(channel, thread)).filter(({ ts }) => ts !== thread),
      ),
    readUpTo,
    async unread(person, channel) {
      const since = readUpTo(person, channel)
      const fresh = (await messages(channel)).filter(({ ts, user }) => ts > since && user !== person)
      const direct = !slack.state.channels.has(channel)
      const forMe = direct ? fresh : fresh.filter((message) => speaksTo(slack, person, message))
      return { messages: fresh.length, forMe: forMe.length }
    },
    mark(person, channel, ts) {
      if (ts <= readUpTo(person, channel)) return
      marks.set(`${person} ${channel}`, ts)
      slack.state.changed({ type: 'read', person, channel })
    },
    stop,
  }
}

const said = new WeakMap<Message, string>()

function words(message: Message): string {
  const known = said.get(message) ?? message.text + JSON.stringify(message.blocks)
  said.set(message, known)
  return known
}

/** Whether a message is for this person: by name, by a group, or to everybody. */
export function speaksTo({ state }: PracticeSlack, person: string, message: Message): boolean {
  const text = words(message)
  if (text.includes(`<@${person}`) || /<!(?:here|channel|everyone)\b/.test(text)) return true
  return [...state.groups.values()].some(
    ({ id, members }) => members.includes(person) && text.includes(`<!subteam^${id}`),
  )
}
