import { randomBytes } from 'node:crypto'
import { type Json, string, truthy } from './json.ts'
import { showEphemeral, withBlocks } from './methods/chat.ts'
import { type Desk, type Reply, tooFast } from './methods/method.ts'
import { RESPONSES } from './rate-limits.ts'

/** A response_url is good for five posts in thirty minutes. https://docs.slack.dev/interactivity/handling-user-interaction */
const POSTS = 5
const LIFE_MS = 30 * 60_000

/** What a response_url belongs to: who acted where, and on which message. */
export interface Origin {
  readonly channel: string
  readonly person: string
  readonly threadTs: string | null
  /** The message that carried the button; null after a slash command. */
  readonly message: { readonly ts: string; readonly ephemeral: boolean } | null
}

export interface ResponseUrls {
  create(origin: Origin): string
  /** Where a post to it goes and, when one person alone sees it, to whom; nothing for an unknown one. */
  placeOf(path: string, body: Json): Json
  /** What came to a response_url. */
  receive(path: string, body: Json): Promise<Reply>
}

export function createResponseUrls(desk: () => Desk, now: () => number = Date.now): ResponseUrls {
  const open = new Map<string, { origin: Origin; at: number; posts: number }>()
  return {
    create(origin) {
      const path = `/response/${randomBytes(24).toString('base64url')}`
      open.set(path, { origin, at: now(), posts: 0 })
      return desk().origin + path
    },
    placeOf(path, body) {
      const origin = open.get(path)?.origin
      if (origin === undefined) return {}
      const { channel, person } = origin
      return body.response_type === 'in_channel' ? { channel } : { channel, user: person }
    },
    async receive(path, body) {
      const entry = open.get(path)
      if (entry === undefined || now() - entry.at > LIFE_MS) return failed(404, 'expired_url')
      if (entry.posts >= POSTS) return failed(404, 'used_url')
      const limited = tooFast(desk(), path, RESPONSES)
      if (limited !== null) return limited
      entry.posts += 1
      return deliver(desk(), entry.origin, body)
    },
  }
}

const failed = (status: number, error: string): Reply => ({ status, body: { ok: false, error } })

/** Puts an answer where a response_url or an acknowledgement says it belongs. */
export async function deliver(desk: Desk, origin: Origin, given: Json): Promise<Reply> {
  if (truthy(given.delete_original)) return removeOriginal(desk, origin)
  const checked = withBlocks(given)
  if ('refusal' in checked) return { ...checked.refusal, status: 400 }
  if (string(given.text) === '' && given.blocks === undefined) return failed(400, 'no_text')
  if (truthy(given.replace_original) && origin.message !== null) {
    return replaceOriginal(desk, origin, origin.message, checked.body)
  }
  const message = {
    channel: origin.channel,
    text: string(given.text),
    ...pick(checked.body, ['blocks', 'metadata']),
  }
  const threadTs = string(given.thread_ts) || origin.threadTs
  const inThread = threadTs === null ? {} : { thread_ts: threadTs }
  if (given.response_type === 'in_channel') {
    const body = await desk.emulated.call('bot-all', 'chat.postMessage', { ...message, ...inThread })
    desk.state.changed({ type: 'message', channel: origin.channel })
    return { body, status: body.ok === true ? 200 : 400 }
  }
  showEphemeral(desk, { ...message, ...inThread, user: origin.person })
  return { body: { ok: true } }
}

async function removeOriginal(desk: Desk, origin: Origin): Promise<Reply> {
  if (origin.message === null) return failed(404, 'message_not_found')
  if (!origin.message.ephemeral) {
    await desk.emulated.call('bot-all', 'chat.delete', { channel: origin.channel, ts: origin.message.ts })
    desk.state.changed({ type: 'message', channel: origin.channel })
    return { body: { ok: true } }
  }
  const at = desk.state.ephemerals.findIndex(({ ts }) => ts === origin.message?.ts)
  if (at >= 0) desk.state.ephemerals.splice(at, 1)
  desk.state.changed({ type: 'ephemeral', channel: origin.channel, person: origin.person })
  return { body: { ok: true } }
}

async function replaceOriginal(
  desk: Desk,
  origin: Origin,
  message: { ts: string; ephemeral: boolean },
  body: Json,
): Promise<Reply> {
  const at = desk.state.ephemerals.findIndex(({ ts }) => ts === message.ts)
  const old = desk.state.ephemerals[at]
  if (message.ephemeral && old !== undefined) {
    const blocks = Array.isArray(body.blocks) ? body.blocks : []
    desk.state.ephemerals.splice(at, 1, { ...old, text: string(body.text), blocks })
    desk.state.changed({ type: 'ephemeral', channel: origin.channel, person: origin.person })
    return { body: { ok: true } }
  }
  const changes = {
    channel: origin.channel,
    ts: message.ts,
    text: string(body.text),
    ...pick(body, ['blocks']),
  }
  const answer = await desk.emulated.call('bot-all', 'chat.update', changes)
  desk.state.changed({ type: 'message', channel: origin.channel })
  return { body: answer, status: answer.ok === true ? 200 : 400 }
}

const pick = (body: Json, keys: readonly string[]): Json =>
  Object.fromEntries(keys.filter((key) => body[key] !== undefined).map((key) => [key, body[key]]))
