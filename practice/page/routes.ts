import type { Board } from '../faults/board.ts'
import { isObject, type Json, string } from '../slack/json.ts'
import type { Shortcut } from '../slack/manifest.ts'
import type { Message } from '../slack/messages.ts'
import type { PracticeSlack } from '../slack/start.ts'
import type { Tour } from '../tour/tour.ts'
import { type Completion, presentMessage, presentView, type Suggestion } from './presentation.ts'
import type { Renderer } from './render.ts'

export interface PageParts {
  readonly slack: PracticeSlack
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
async function channelFor(parts: PageParts, person: string, channel: string | null): Promise<string> {
  const known = parts.slack.state.channels.get(needed(channel, 'channel'))
  const own =
    known === undefined ? channel === (await parts.slack.direct(person)) : known.members.includes(person)
  if (!own || channel === null) throw new BadRequest(`${person} is not in ${channel}`)
  return channel
}

async function state(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const { slack } = parts
  const person = visitor(parts, query.get('person') ?? 'U0OLIVIA')
  const direct = await slack.direct(person)
  const own = [...slack.state.channels.values()].filter(({ members }) => members.includes(person))
  const latest = async (channel: string) => (await slack.messages(channel, person)).at(-1)?.ts ?? ''
  return {
    team: slack.state.team.name,
    person,
    bot: slack.state.bot.name,
    people: [...slack.state.people.values()].filter(({ kind }) => kind !== 'deactivated'),
    channels: await Promise.all(
      own.map(async ({ id, name, topic, shared, members }) => ({
        id,
        name,
        topic,
        shared,
        members: members.length,
        latest: await latest(id),
      })),
    ),
    direct: { id: direct, latest: await latest(direct) },
    homeTab: parts.homeTab,
    shortcuts: parts.shortcuts,
    completions: parts.completions,
    suggestions: parts.suggestions.filter(
      ({ channel }) => channel === direct || own.some(({ id }) => id === channel),
    ),
  }
}

async function messages(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const person = visitor(parts, query.get('person'))
  const channel = await channelFor(parts, person, query.get('channel'))
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

/** Opening the home tab is itself an event that the bot hears. */
async function home(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const person = visitor(parts, query.get('person'))
  if (query.get('opened') === '1') {
    const channel = await parts.slack.direct(person)
    const ts = parts.slack.state.nextTs()
    await parts.slack.event({ type: 'app_home_opened', user: person, channel, tab: 'home', event_ts: ts })
  }
  const view = parts.slack.home(person)
  return view === null ? null : presentView(parts.renderer, view)
}

const board: Query = async (parts) => parts.board?.list() ?? []

const tour: Query = async (parts) => parts.tour?.steps() ?? []

export const QUERIES: Readonly<Record<string, Query>> = { state, messages, views, home, board, tour }

async function send(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const channel = await channelFor(parts, person, string(body.channel))
  const text = string(body.text).trim()
  if (text === '') throw new BadRequest('there is nothing to send')
  const thread = string(body.thread)
  if (!text.startsWith('/')) return { ts: await parts.slack.say(person, channel, text, thread || undefined) }
  if (thread !== '') throw new BadRequest('Slack takes slash commands in channels only, not in threads')
  return parts.slack.command(person, channel, text)
}

async function act(parts: PageParts, body: Json): Promise<unknown> {
  const person = visitor(parts, string(body.person))
  const option = string(body.option)
  const selector = {
    action: string(body.action),
    ...(string(body.block) === '' ? {} : { block: string(body.block) }),
    ...(option === '' ? {} : { option }),
  }
  if (string(body.view) !== '') return parts.slack.clickView(person, string(body.view), selector)
  return parts.slack.click(person, await messageOf(parts, person, body), selector)
}

async function messageOf(parts: PageParts, person: string, body: Json): Promise<Message> {
  const channel = await channelFor(parts, person, string(body.channel))
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

/** The tour begins anew. */
async function retour(parts: PageParts): Promise<unknown> {
  parts.tour?.restart()
  return { ok: true }
}

async function submit(parts: PageParts, body: Json): Promise<unknown> {
  const values = isObject(body.values) ? body.values : {}
  return parts.slack.submit(visitor(parts, string(body.person)), string(body.view), values)
}

async function close(parts: PageParts, body: Json): Promise<unknown> {
  await parts.slack.close(visitor(parts, string(body.person)), string(body.view))
  return { ok: true }
}

export const ACTIONS: Readonly<Record<string, Action>> = { send, act, shortcut, retour, submit, close }
