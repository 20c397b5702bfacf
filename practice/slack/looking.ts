import { isObject, string } from './json.ts'
import { channelMessages, ephemeralMessage, type Message, threadMessages } from './messages.ts'
import type { Desk } from './methods/method.ts'
import type { PracticeSlack } from './practice-slack.ts'

type Looking = Pick<
  PracticeSlack,
  'messages' | 'thread' | 'ephemerals' | 'direct' | 'directBetween' | 'views' | 'home' | 'file' | 'calls'
>

/** The workspace as whoever looks at it sees it. */
export function looking({ emulated, state }: Desk): Looking {
  const ephemerals = (person: string, channel?: string): readonly Message[] =>
    state.ephemerals
      .filter(({ to, channel: where }) => to === person && (channel === undefined || where === channel))
      .map((ephemeral) => ephemeralMessage(state, ephemeral))
  const byTime = (messages: readonly Message[]) => messages.toSorted((a, b) => Number(a.ts) - Number(b.ts))
  const reader = (person: string | undefined, channel: string) => {
    if (state.channels.has(channel)) return 'bot-all'
    return person ?? state.directs.get(channel)?.find((one) => one !== state.bot.id) ?? 'bot-all'
  }
  const opened = new Map<string, Promise<string>>()
  const open = (as: string, other: string, members: readonly [string, string]): Promise<string> => {
    const key = members.toSorted().join(' ')
    const known = opened.get(key)
    if (known !== undefined) return known
    const asked = emulated
      .call(as, 'conversations.open', { users: other, return_im: true })
      .then((answer) => {
        const id = isObject(answer.channel) ? string(answer.channel.id) : ''
        if (id === '') throw new Error(`no direct message with ${other}: ${string(answer.error)}`)
        state.directs.set(id, members)
        return id
      })
    opened.set(key, asked)
    asked.catch(() => opened.delete(key))
    return asked
  }
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
    direct: (person) => open('bot-all', person, [person, state.bot.id]),
    directBetween: (one, other) => open(one, other, [one, other]),
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
