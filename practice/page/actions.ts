import type { Selector } from '../slack/controls.ts'
import { isObject, type Json, objects, string } from '../slack/json.ts'
import type { Message } from '../slack/messages.ts'
import { type Action, BadRequest, channelFor, needed, type PageParts, visitor } from './parts.ts'
import { threadKey } from './threads.ts'

async function send(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const channel = channelFor(parts, person, string(body.channel))
  const text = string(body.text).trim()
  const thread = string(body.thread)
  const files = uploadsIn(body)
  if (files.length > 0) {
    if (text.startsWith('/')) throw new BadRequest('Slack takes no files with a slash command')
    await parts.slack.upload(person, files, { channel, text, threadTs: thread || undefined })
    return { ok: true }
  }
  if (text === '') throw new BadRequest('there is nothing to send')
  if (!text.startsWith('/')) return { ts: await parts.slack.say(person, channel, text, thread || undefined) }
  if (thread !== '') throw new BadRequest('Slack takes slash commands in channels only, not in threads')
  return parts.slack.command(person, channel, text)
}

/** Files as the page sends them: a name, and the bytes in base64. */
const uploadsIn = (body: Json) =>
  objects(body.files).map(({ name, data }) => ({
    name: needed(string(name), 'the name of a file'),
    bytes: Buffer.from(string(data), 'base64'),
  }))

/** What was put into a `file_input`. */
async function upload(parts: PageParts, body: Json): Promise<unknown> {
  return { files: await parts.slack.upload(visitor(parts, string(body.person)), uploadsIn(body), null) }
}

async function act(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const selector = selectorOf(body)
  if (string(body.view) !== '') return parts.slack.clickView(person, string(body.view), selector)
  return parts.slack.click(person, await messageOf(parts, person, body), selector)
}

const selectorOf = (body: Json): Selector => ({
  action: string(body.action),
  ...(string(body.block) === '' ? {} : { block: string(body.block) }),
  ...(string(body.option) === '' ? {} : { option: string(body.option) }),
  ...(isObject(body.chosen) ? { chosen: body.chosen } : {}),
  ...(isObject(body.values) ? { values: body.values } : {}),
})

/** The options of a menu that the bot knows, for what was typed. */
async function suggest(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const on = string(body.view) || (await messageOf(parts, person, body))
  return parts.slack.suggest(person, on, selectorOf(body), string(body.typed))
}

/** Two people's direct messages, begun by opening them. */
async function direct(parts: PageParts, body: Json): Promise<unknown> {
  const other = visitor(parts, string(body.with))
  return { channel: await parts.slack.directBetween(visitor(parts, string(body.person)), other) }
}

/** What somebody has read, of a channel or of one of its threads. */
async function mark(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const channel = channelFor(parts, person, string(body.channel))
  const thread = string(body.thread)
  parts.reading.mark(person, thread === '' ? channel : threadKey(channel, thread), string(body.ts))
  return { ok: true }
}

async function messageOf(parts: PageParts, person: string, body: Json): Promise<Message> {
  const channel = channelFor(parts, person, string(body.channel))
  const thread = string(body.thread)
  const there =
    thread === ''
      ? await parts.slack.messages(channel, person)
      : await parts.slack.thread(channel, thread, person)
  const message = there.find(({ ts }) => ts === body.ts)
  if (message === undefined) throw new BadRequest('this message is gone')
  return message
}

async function shortcut(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const message = string(body.ts) === '' ? null : await messageOf(parts, person, body)
  return parts.slack.shortcut(person, string(body.callback), message)
}

async function submit(parts: PageParts, body: Json): Promise<unknown> {
  const values = isObject(body.values) ? body.values : {}
  return parts.slack.submit(visitor(parts, string(body.person)), string(body.view), values)
}

async function close(parts: PageParts, body: Json): Promise<unknown> {
  await parts.slack.close(visitor(parts, string(body.person)), string(body.view))
  return { ok: true }
}

/** What the page asks to be done, by the name after `/do/`. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  ...{ send, act, suggest, shortcut, submit, close },
  ...{ direct, mark, upload },
}
