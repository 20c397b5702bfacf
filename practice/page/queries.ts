import { channelFor, type PageParts, type Query, visitor } from './parts.ts'
import { presentMessage, presentView } from './presentation.ts'
import { threadsOf } from './threads.ts'
import { appEntry, channelEntries, directEntries, faces } from './workspace.ts'

async function state(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const { slack } = parts
  const person = visitor(parts, query.get('person') ?? 'U0OLIVIA')
  const [direct, channels, people, directs, threads] = await Promise.all([
    appEntry(parts, person),
    channelEntries(parts, person),
    faces(parts),
    directEntries(parts, person),
    threadsOf(parts, person),
  ])
  return {
    ...{ team: slack.state.team.name, bot: slack.state.bot.name },
    ...{ person, people, channels, directs, direct },
    unreadThreads: threads.filter(({ unread }) => unread > 0).length,
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

async function threads(parts: PageParts, query: URLSearchParams): Promise<unknown> {
  const found = await threadsOf(parts, visitor(parts, query.get('person')))
  const drawn = (text: string) => parts.renderer.text(text)
  return found.map((thread) => ({
    ...thread,
    html: drawn(thread.text),
    answer: { author: thread.answer.author, html: drawn(thread.answer.text) },
  }))
}

/** What the page asks for, by the name after `/do/`. */
export const QUERIES: Readonly<Record<string, Query>> = { state, messages, views, home, threads }
