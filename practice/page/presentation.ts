import { isObject, type Json, objects, string } from '../slack/json.ts'
import type { Message } from '../slack/messages.ts'
import type { State } from '../slack/state.ts'
import { looksLikePicture } from './pictures.ts'
import type { Renderer } from './render.ts'

/** A command that the composer offers while one types. */
export interface Completion {
  /** The line as typed: `/bakery`, `/bakery logs`. */
  readonly text: string
  readonly summary: string
  /** How it goes on: `<workload> [--since <span>]`. */
  readonly hint?: string
  /** Whole lines that are right. */
  readonly examples?: readonly string[]
  readonly arguments?: readonly CompletionArgument[]
}

export interface CompletionArgument {
  /** `--since`, or the argument's name where it is given by its place. */
  readonly word: string
  readonly flag: boolean
  /** What its value is called; empty: it takes none. */
  readonly value: string
  readonly description: string
  readonly choices: readonly string[]
}

/** Something worth trying, shown where the channel begins. */
export interface Suggestion {
  readonly channel: string
  readonly text: string
  readonly why: string
}

export interface Author {
  readonly name: string
  readonly app: boolean
}

export const authorOf = (state: State, user: string): Author => {
  if (user === state.bot.id) return { name: state.bot.name, app: true }
  if (user === 'USLACKBOT' || user === '') return { name: 'Slack', app: true }
  return { name: state.people.get(user)?.realName ?? user, app: false }
}

export function presentMessage(state: State, renderer: Renderer, message: Message): Json {
  const author = authorOf(state, message.user)
  return {
    ts: message.ts,
    user: message.user,
    author: author.name,
    app: author.app,
    text: message.text,
    html: message.blocks.length > 0 ? renderer.blocks(message.blocks) : renderer.text(message.text),
    ephemeral: message.ephemeral,
    edited: message.edited,
    threadTs: message.threadTs,
    replies: message.replyCount,
    replyAuthors: message.replyUsers.map((user) => ({ user, ...authorOf(state, user) })),
    files: message.files.map((file) => ({ ...file, picture: looksLikePicture(file.name) })),
  }
}

/** A modal or home tab, drawn. */
export function presentView(renderer: Renderer, view: Json): Json {
  const words = (key: string) => (isObject(view[key]) ? string(view[key].text) : '')
  return {
    id: view.id,
    title: words('title'),
    submit: words('submit'),
    close: words('close') || (words('submit') === '' ? 'Close' : 'Cancel'),
    html: renderer.blocks(objects(view.blocks)),
  }
}
