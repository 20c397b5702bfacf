import type { Json } from './json.ts'
import type { Channel, Group, Person, Workspace } from './workspace.ts'

/** A message that one person alone sees. */
export interface Ephemeral {
  readonly ts: string
  readonly channel: string
  readonly to: string
  readonly threadTs: string | null
  readonly text: string
  readonly blocks: readonly Json[]
  /** `slackbot`: Slack itself speaks, for instance when the bot did not answer. */
  readonly from: 'bot' | 'slackbot'
}

/** Something that a person who looks at the workspace would see change. */
export interface Change {
  readonly type: 'message' | 'ephemeral' | 'view' | 'home' | 'people' | 'files' | 'read' | 'faults' | 'tour'
  readonly channel?: string
  readonly person?: string
}

/** One call of the Web API, as it was answered. */
export interface ApiCall {
  readonly at: number
  readonly method: string
  readonly status: number
  readonly ok: boolean
  readonly error: string | null
  readonly body: Json
}

/** What the emulator does not keep. */
export interface State {
  readonly team: Workspace['team']
  readonly bot: Workspace['bot']
  readonly people: Map<string, Person>
  readonly channels: Map<string, Channel>
  readonly groups: Map<string, Group>
  readonly ephemerals: Ephemeral[]
  /** Modals that a person has open, the topmost last. */
  readonly views: Map<string, Json[]>
  readonly homes: Map<string, Json>
  /** Direct messages that somebody has opened: channel → the two who are in it. */
  readonly directs: Map<string, readonly [string, string]>
  readonly calls: ApiCall[]
  nextTs(): string
  changed(change: Change): void
  subscribe(listener: (change: Change) => void): () => void
}

const CALLS_KEPT = 2000
/** The emulator numbers its messages from 1 within a second; ours start here, so that no timestamp exists twice. */
const FIRST_OWN_FRACTION = 500_000

export function createState(workspace: Workspace): State {
  const listeners = new Set<(change: Change) => void>()
  let fraction = FIRST_OWN_FRACTION
  return {
    team: workspace.team,
    bot: workspace.bot,
    people: byId(workspace.people),
    channels: byId(workspace.channels),
    groups: byId(workspace.groups),
    ephemerals: [],
    views: new Map(),
    homes: new Map(),
    directs: new Map(),
    calls: [],
    nextTs() {
      fraction += 1
      return `${Math.floor(Date.now() / 1000)}.${String(fraction).padStart(6, '0')}`
    },
    changed(change) {
      for (const listener of listeners) listener(change)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function remember(state: State, call: ApiCall): void {
  state.calls.push(call)
  if (state.calls.length > CALLS_KEPT) state.calls.splice(0, state.calls.length - CALLS_KEPT)
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): Map<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]))
}
