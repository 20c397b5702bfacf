import { blockFaults } from '../block-rules.ts'
import { isObject, type Json, objects, parsed, string } from '../json.ts'
import { MESSAGES } from '../rate-limits.ts'
import { identified } from './identified.ts'
import { type Desk, forward, type Method, type Reply, refuse, tooFast } from './method.ts'

/** The body with its blocks as objects, each with an id as Slack gives it; a reply when Slack would refuse them. */
export function withBlocks(body: Json): { body: Json } | { refusal: Reply } {
  if (body.blocks === undefined || body.blocks === '') return { body }
  const blocks = parsed(body.blocks)
  if (!Array.isArray(blocks)) return { refusal: refuse('invalid_blocks_format') }
  const faults = blockFaults(blocks, 'message')
  if (faults.length > 0) {
    return { refusal: refuse('invalid_blocks', { errors: faults, response_metadata: { messages: faults } }) }
  }
  return { body: { ...body, blocks: identified(blocks) } }
}

/** Why the app may not write to this channel; null when it may. */
export function cannotWrite(desk: Desk, channel: string): string | null {
  const known = desk.state.channels.get(channel)
  const person = desk.state.people.get(channel)
  if (person?.kind === 'deactivated') return 'user_disabled'
  if (known === undefined) return null
  if (known.archived) return 'is_archived'
  const open = desk.scopes.includes('chat:write.public')
  return known.members.includes(desk.state.bot.id) || open ? null : 'not_in_channel'
}

/** Slack cuts a text above 40,000 characters, and says nothing of it. */
const MOST_TEXT = 40_000
const cut = (text: unknown): unknown =>
  typeof text === 'string' ? Array.from(text).slice(0, MOST_TEXT).join('') : text

const postMessage: Method = async (desk, given) => {
  const channel = string(given.channel)
  const limited = tooFast(desk, channel, MESSAGES)
  if (limited !== null) return limited
  const checked = withBlocks({ ...given, text: cut(given.text) })
  if ('refusal' in checked) return checked.refusal
  const reason = cannotWrite(desk, channel)
  if (reason !== null) return refuse(reason)
  const reply = await forward(desk, 'chat.postMessage', checked.body)
  if (reply.body.ok === true) desk.state.changed({ type: 'message', channel: string(reply.body.channel) })
  return reply
}

const postEphemeral: Method = async (desk, given) => {
  const checked = withBlocks(given)
  if ('refusal' in checked) return checked.refusal
  const channel = string(given.channel)
  const person = string(given.user)
  const reason = cannotWrite(desk, channel)
  if (reason !== null) return refuse(reason)
  const members = desk.state.channels.get(channel)?.members
  if (members !== undefined && !members.includes(person)) return refuse('user_not_in_channel')
  const reply = await forward(desk, 'chat.postEphemeral', checked.body)
  if (reply.body.ok === true) {
    showEphemeral(desk, { ...checked.body, ts: reply.body.message_ts, channel, user: person })
  }
  return reply
}

/** Keeps an ephemeral message and tells whoever looks. */
export function showEphemeral(desk: Desk, message: Json, from: 'bot' | 'slackbot' = 'bot'): string {
  const ts = string(message.ts) || desk.state.nextTs()
  const channel = string(message.channel)
  const to = string(message.user)
  const threadTs = string(message.thread_ts) || null
  const blocks = objects(message.blocks)
  desk.state.ephemerals.push({ ts, channel, to, threadTs, text: string(message.text), blocks, from })
  desk.state.changed({ type: 'ephemeral', channel, person: to })
  return ts
}

const update: Method = async (desk, given) => {
  const checked = withBlocks(given)
  if ('refusal' in checked) return checked.refusal
  const reply = await forward(desk, 'chat.update', checked.body)
  if (reply.body.ok === true) desk.state.changed({ type: 'message', channel: string(given.channel) })
  return reply
}

const remove: Method = async (desk, given) => {
  const reply = await forward(desk, 'chat.delete', given)
  if (reply.body.ok === true) desk.state.changed({ type: 'message', channel: string(given.channel) })
  return reply
}

export const chat: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
}

/** A message without its metadata, as Slack gives it to whoever does not ask for metadata. */
export function withoutMetadata(message: Json): Json {
  if (!isObject(message.metadata)) return message
  const { metadata: _, ...rest } = message
  return rest
}
