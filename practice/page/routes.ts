import type { Board } from '../faults/board.ts'
import type { Selector } from '../slack/controls.ts'
import { isObject, type Json, string } from '../slack/json.ts'
import type { Shortcut } from '../slack/manifest.ts'
import type { Message } from '../slack/messages.ts'
import type { PracticeSlack } from '../slack/start.ts'
import type { Tour } from '../tour/tour.ts'
import { type Completion, presentMessage, presentView, type Suggestion } from './presentation.ts'
import type { Reading } from './reading.ts'
import type { Renderer } from './render.ts'
import { appEntry, channelEntries, directEntries, faces, mayLook } from './workspace.ts'

export interface PageParts {
  readonly slack: PracticeSlack
  readonly reading: Reading
  readonly renderer: Renderer
  /** What the bot's commands are, for completion; read once a page is opened. */
  readonly completions: readonly Completion[]
  readonly suggestions: readonly Suggestion[]
  readonly homeTab: boolean
  readonly shortcuts: readonly Shortcut[]
  /** What can be broken; null: nothing. */
  readonly board: Board | null
  readonly tour: Tour | null
}

export class BadRequest extends Error {}

type Query = (parts: PageParts, query: URLSearchParams) => Promise<unknown>
type Action = (parts: PageParts, body: Json) => Promise<unknown>

const needed = (value: string | null, name: string): string => {
  if (value === null || value === '') throw new BadRequest(`${name} is missing`)
  return value
}

function visitor(parts: PageParts, id: string | null): string {
  const person = parts.slack.state.people.get(needed(id, 'person'))
  if (person === undefined || person.kind === 'deactivated')
    throw new BadRequest(`nobody with the id ${id} can use this page`)
  return person.id
}

/** A channel that this person may look at. */
function channelFor(parts: PageParts, person: string, channel: string | null): string {
  const wanted = needed(channel, 'channel')
  if (!mayLook(parts, person, wanted)) throw new BadRequest(`${person} is not in ${wanted}`)
  return wanted
}

async function state(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const { slack } = parts
  const person = visitor(parts, query.get('person') ?? 'U0OLIVIA')
  const [direct, channels, people, directs] = await Promise.all([
    appEntry(parts, person),
    channelEntries(parts, person),
    faces(parts),
    directEntries(parts, person),
  ])
  return {
    ...{ team: slack.state.team.name, bot: slack.state.bot.name },
    ...{ person, people, channels, directs, direct },
    groups: [...slack.state.groups.values()].map(({ handle, name }) => ({ handle, name })),
    homeTab: parts.homeTab,
    shortcuts: parts.shortcuts,
    completions: parts.completions,
    suggestions: parts.suggestions.filter(
      ({ channel }) => channel === direct.id || channels.some(({ id }) => id === channel),
    ),
  }
}

async function messages(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const person = visitor(parts, query.get('person'))
  const channel = channelFor(parts, person, query.get('channel'))
  const thread = query.get('thread')
  const found =
    thread === null
      ? await parts.slack.messages(channel, person)
      : await parts.slack.thread(channel, thread, person)
  return found.map((message) => presentMessage(parts.slack.state, parts.renderer, message))
}

async function views(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const person = visitor(parts, query.get('person'))
  const top = parts.slack.views(person).at(-1)
  return top === undefined ? null : presentView(parts.renderer, top)
}

/** Opening a tab of the app is itself an event that the bot hears. */
async function home(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const person = visitor(parts, query.get('person'))
  const tab = query.get('opened')
  if (tab === 'home' || tab === 'messages') await parts.slack.openHome(person, tab)
  const view = parts.slack.home(person)
  return view === null ? null : presentView(parts.renderer, view)
}

export const QUERIES: Readonly<Record<string, Query>> = { state, messages, views, home }

async function send(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const channel = channelFor(parts, person, string(body.channel))
  const text = string(body.text).trim()
  if (text === '') throw new BadRequest('there is nothing to send')
  const thread = string(body.thread)
  if (!text.startsWith('/')) return { ts: await parts.slack.say(person, channel, text, thread || undefined) }
  if (thread !== '') throw new BadRequest('Slack takes slash commands in channels only, not in threads')
  return parts.slack.command(person, channel, text)
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

/** What somebody has read. */
async function mark(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  parts.reading.mark(person, channelFor(parts, person, string(body.channel)), string(body.ts))
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

export const ACTIONS: Readonly<Record<string, Action>> = {
  ...{ send, act, suggest, shortcut, submit, close },
  ...{ direct, mark },
}
