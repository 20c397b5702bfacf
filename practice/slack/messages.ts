import type { Emulated } from './emulator.ts'
import { isObject, type Json, objects, string, strings } from './json.ts'
import type { Ephemeral, State } from './state.ts'

/** A message as whoever looks at the workspace sees it. */
export interface Message {
  readonly ts: string
  readonly channel: string
  /** A person's id, the bot's, or USLACKBOT. */
  readonly user: string
  readonly text: string
  readonly blocks: readonly Json[]
  readonly threadTs: string | null
  readonly replyCount: number
  /** Who has replied, each once. */
  readonly replyUsers: readonly string[]
  readonly edited: boolean
  readonly ephemeral: boolean
  readonly metadata: Json | null
  readonly files: readonly MessageFile[]
}

export interface MessageFile {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly size: number
  /** Path under the emulator's own address. */
  readonly path: string
}

/** Every message of a channel outside threads, oldest first. */
export async function channelMessages(
  emulated: Emulated,
  as: string,
  channel: string,
): Promise<readonly Message[]> {
  const messages: Message[] = []
  let cursor = ''
  do {
    const answer = await emulated.call(as, 'conversations.history', { channel, limit: 1000, cursor })
    if (answer.ok !== true)
      throw new Error(`the history of ${channel} cannot be read: ${string(answer.error)}`)
    messages.push(...objects(answer.messages).map((raw) => message(channel, raw)))
    cursor = isObject(answer.response_metadata) ? string(answer.response_metadata.next_cursor) : ''
  } while (cursor !== '')
  return messages.reverse()
}

/** A thread's root and replies, oldest first. */
export async function threadMessages(
  emulated: Emulated,
  as: string,
  channel: string,
  ts: string,
): Promise<readonly Message[]> {
  const answer = await emulated.call(as, 'conversations.replies', { channel, ts, limit: 1000 })
  if (answer.ok !== true)
    throw new Error(`the thread ${ts} of ${channel} cannot be read: ${string(answer.error)}`)
  return objects(answer.messages).map((raw) => message(channel, raw))
}

function message(channel: string, raw: Json): Message {
  return {
    ts: string(raw.ts),
    channel,
    user: string(raw.user),
    text: string(raw.text),
    blocks: objects(raw.blocks),
    threadTs: string(raw.thread_ts) || null,
    replyCount: typeof raw.reply_count === 'number' ? raw.reply_count : 0,
    replyUsers: strings(raw.reply_users),
    edited: isObject(raw.edited),
    ephemeral: false,
    metadata: isObject(raw.metadata) ? raw.metadata : null,
    files: objects(raw.files).map(file),
  }
}

function file(raw: Json): MessageFile {
  const address = string(raw.url_private)
  return {
    id: string(raw.id),
    name: string(raw.name),
    title: string(raw.title),
    size: typeof raw.size === 'number' ? raw.size : 0,
    path: address === '' ? '' : new URL(address).pathname,
  }
}

export function ephemeralMessage(state: State, ephemeral: Ephemeral): Message {
  return {
    ts: ephemeral.ts,
    channel: ephemeral.channel,
    user: ephemeral.from === 'bot' ? state.bot.id : 'USLACKBOT',
    text: ephemeral.text,
    blocks: ephemeral.blocks,
    threadTs: ephemeral.threadTs,
    replyCount: 0,
    replyUsers: [],
    edited: false,
    ephemeral: true,
    metadata: null,
    files: [],
  }
}
