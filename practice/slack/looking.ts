import { string } from './json.ts'
import { channelMessages, ephemeralMessage, type Message, threadMessages } from './messages.ts'
import type { Desk } from './methods/method.ts'
import type { PracticeSlack } from './practice-slack.ts'

type Looking = Pick<
  PracticeSlack,
  'messages' | 'thread' | 'ephemerals' | 'direct' | 'views' | 'home' | 'file' | 'calls'
>

/** The workspace as whoever looks at it sees it. */
export function looking({ emulated, state }: Desk): Looking {
  const ephemerals = (person: string, channel?: string): readonly Message[] =>
    state.ephemerals
      .filter(({ to, channel: where }) => to === person && (channel === undefined || where === channel))
      .map((ephemeral) => ephemeralMessage(state, ephemeral))
  const byTime = (messages: readonly Message[]) => messages.toSorted((a, b) => Number(a.ts) - Number(b.ts))
  const reader = (person: string | undefined, channel: string) =>
    person !== undefined && !state.channels.has(channel) ? person : 'bot-all'
  return {
    async messages(channel, person) {
      const posted = await channelMessages(emulated, reader(person, channel), channel)
      const own =
        person === undefined ? [] : ephemerals(person, channel).filter(({ threadTs }) => threadTs === null)
      return byTime([...posted, ...own])
    },
    async thread(channel, ts, person) {
      const posted = await threadMessages(emulated, reader(person, channel), channel, ts)
      const own =
        person === undefined ? [] : ephemerals(person, channel).filter(({ threadTs }) => threadTs === ts)
      return byTime([...posted, ...own])
    },
    ephemerals,
    async direct(person) {
      const answer = await emulated.call('bot-all', 'conversations.open', { users: person, return_im: true })
      const channel = answer.channel
      return typeof channel === 'object' && channel !== null && 'id' in channel ? string(channel.id) : ''
    },
    views: (person) => state.views.get(person) ?? [],
    home: (person) => state.homes.get(person) ?? null,
    async file(path) {
      const { status, type, bytes } = await emulated.download(path)
      return status === 200 ? { type, bytes } : null
    },
    calls: (method) =>
      method === undefined ? state.calls : state.calls.filter((call) => call.method === method),
  }
}
