import type { Surface } from '../ask.ts'
import type { Reply, RequestWork } from './records.ts'

/** A verified request in Bakery's own words: Slack's dialects (HTTP, Socket Mode, forms, JSON) end in src/slack. */
export interface Incoming {
  readonly replayKeys: readonly string[]
  readonly surface: Surface
  readonly team: string
  readonly user: string
  /** Null in a direct message, on the home tab and for events without a channel. */
  readonly channel: string | null
  /** What was typed after the slash command, unnormalised; null for everything else. */
  readonly line: string | null
  /** The slash command that it was typed after, when that is not this installation's own. */
  readonly misdirected?: string
  /** A click: the action id and the opaque value. A submission: its callback id, its private metadata and what was filled in. */
  readonly click?: {
    readonly action: string
    readonly value: string
    /** By block id; several values where several can be chosen. */
    readonly fields?: Readonly<Record<string, string | string[]>>
  }
  /** Event type, for events that Slack pushes (`user_change`, `subteam_updated`, …). */
  readonly event?: string
  readonly reply: Reply
  readonly source?: RequestWork['source']
}

export type Admission =
  | {
      readonly state: 'recorded'
      /** Does the work and commits the answer: called after Slack was acknowledged. Never throws. */
      run(): Promise<void>
      /** What was filled in wrongly: the modal stays open and says it. */
      readonly invalid?: { readonly block: string; readonly message: string }
    }
  | { readonly state: 'duplicate' }
  /** Not recorded, so it never runs. `text` tells the person, with code and reference. */
  | { readonly state: 'not-recorded'; readonly text: string; readonly ref: string }

export interface Intake {
  /** Decides and records, within 1.5 s. Never throws. */
  admit(incoming: Incoming): Promise<Admission>
}

/** Makes sure that the mirror knows these ids, asking Slack within the budget; silent when Slack cannot be asked. */
export interface Identities {
  ensure(ids: { user: string; team: string; channel: string | null }, budgetMs: number): Promise<void>
}
