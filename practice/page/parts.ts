import type { Board } from '../faults/board.ts'
import type { Json } from '../slack/json.ts'
import type { Shortcut } from '../slack/manifest.ts'
import type { PracticeSlack } from '../slack/start.ts'
import type { Tour } from '../tour/tour.ts'
import type { Completion, Suggestion } from './presentation.ts'
import type { Reading } from './reading.ts'
import type { Renderer } from './render.ts'
import { mayLook } from './workspace.ts'

/** What the page's requests work with. */
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

/** What was asked cannot be done, and why. */
export class BadRequest extends Error {}

export type Query = (parts: PageParts, query: URLSearchParams) => Promise<unknown>
export type Action = (parts: PageParts, body: Json) => Promise<unknown>

export const needed = (value: string | null, name: string): string => {
  if (value === null || value === '') throw new BadRequest(`${name} is missing`)
  return value
}

/** Somebody whom the page can be. */
export function visitor(parts: PageParts, id: string | null): string {
  const person = parts.slack.state.people.get(needed(id, 'person'))
  if (person === undefined || person.kind === 'deactivated')
    throw new BadRequest(`nobody with the id ${id} can use this page`)
  return person.id
}

/** A channel that this person may look at. */
export function channelFor(parts: PageParts, person: string, channel: string | null): string {
  const wanted = needed(channel, 'channel')
  if (!mayLook(parts, person, wanted)) throw new BadRequest(`${person} is not in ${wanted}`)
  return wanted
}
