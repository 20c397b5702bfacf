import type { AccessSnapshot, Decision } from '../access.ts'
import type { Answer } from '../answer.ts'
import type { Actor, Surface } from '../ask.ts'
import type { Code } from '../codes.ts'
import type { Desk } from './desk.ts'

/**
 * Bakery's own state: requests, their outcomes and the messages that follow from them. Postgres is the only truth; every
 * verb here is one transaction that also holds its audit row.
 */

/** A request whose signature was verified, before it is recorded. */
export interface VerifiedRequest {
  /** What makes it the same request again: the verified MAC, and Slack's own event id where there is one. */
  readonly replayKeys: readonly string[]
  /** Slack sends it again when it was not recorded (an event): then its keys stay free. Everything else never runs. */
  readonly comesAgain?: boolean
  readonly surface: Surface
  readonly actor: Actor
  readonly channel: string | null
  /** The registry's name of the command; null when the line names none. */
  readonly command: string | null
  readonly target: string | null
  /** What the person said, kept beside the chain under a salted hash: JSON. */
  readonly payload: Readonly<Record<string, unknown>>
  /** What is needed to answer it, also by another process after a crash: JSON. */
  readonly work: RequestWork
  /** Decides from a snapshot: called again when the records changed in between. Pure. */
  decide(snapshot: AccessSnapshot): Decision
}

/** Where an answer goes, and what was asked: enough to run a request after a crash. */
export interface RequestWork {
  /** The command line, without `/bakery`. */
  readonly line: string
  readonly reply: Reply
  /** A click or a submission: which message or view it came from. */
  readonly source?: {
    readonly messageTs?: string
    readonly threadTs?: string
    readonly viewId?: string
    /** The outbox id of the message that the answer takes the place of: a click on *Refresh*. */
    readonly replaces?: string
    /** The person reads what was wrong in the modal itself. */
    readonly told?: true
  }
}

export interface Reply {
  readonly team: string
  readonly user: string
  readonly channel: string | null
  /** Slack's URL for at most 5 answers in 30 minutes; null where there is none. */
  readonly responseUrl: string | null
  readonly triggerId: string | null
}

export type Receipt =
  | {
      readonly state: 'recorded'
      readonly id: string
      readonly ref: string
      readonly at: Date
      readonly decision: Decision
    }
  | { readonly state: 'duplicate' }
  /** Not committed in time: it never runs, and the person is told. */
  | { readonly state: 'not-recorded'; readonly ref: string; readonly reason: string }

export interface Receipts {
  /** Commits the request with its decision and its audit row, within the deadline. Never throws. */
  record(request: VerifiedRequest, deadlineMs: number): Promise<Receipt>
}

/** A recorded request that is to be run: by the process that received it, or by another after a crash. */
export interface RecordedRequest {
  readonly id: string
  readonly ref: string
  readonly at: Date
  readonly surface: Surface
  readonly actor: Actor
  readonly channel: string | null
  readonly command: string | null
  readonly decision: Decision
  readonly work: RequestWork
}

/** Where one message goes. */
export type Destination =
  | {
      readonly to: 'channel'
      readonly channel: string
      readonly threadTs?: string
      /** Who asked: gets it as a direct message when the channel cannot be used (Bakery is not in it, it is archived). */
      readonly asker?: string
    }
  | { readonly to: 'person'; readonly user: string }
  /** Only this person sees it; falls back to a direct message. At most once. */
  | {
      readonly to: 'requester'
      readonly channel: string | null
      readonly user: string
      readonly responseUrl: string | null
    }
  /** Replaces a message that the outbox sent: its own outbox id. */
  | { readonly to: 'update'; readonly of: string }

/** Most important first. */
export const PRIORITIES = {
  approval: 0,
  refusal: 1,
  answer: 2,
  incident: 2,
  digest: 5,
  notice: 6,
  thread: 7,
} as const
export type Priority = (typeof PRIORITIES)[keyof typeof PRIORITIES]

export interface OutgoingMessage {
  /** The same key is sent once, however often it is asked for. */
  readonly key: string
  readonly destination: Destination
  readonly priority: Priority
  readonly answer: Answer
}

export interface OutcomeFacts {
  readonly decision: 'done' | 'failed' | 'refused'
  readonly code: Code | null
  readonly target: string | null
  readonly payload: Readonly<Record<string, unknown>>
  /** The operation that it is about; what the desk did to one says so by itself. */
  readonly operation?: string | null
}

export interface Journal {
  /** Ends a request: outcome row, messages, and what an administrative command does, in one transaction. Once: a second call changes nothing. */
  finish(request: RecordedRequest, outcome: OutcomeFacts, messages: readonly OutgoingMessage[]): Promise<void>
  /**
   * The same with work inside: `act` gets the desk, and its outcome and messages are committed with what it did.
   * When `act` throws, nothing of it stays, and the error is rethrown.
   */
  perform(
    request: RecordedRequest,
    act: (desk: Desk) => Promise<{ outcome: OutcomeFacts; messages: readonly OutgoingMessage[] }>,
  ): Promise<void>
  /** Requests that were recorded and never finished, whose process is gone: claimed for this process. */
  abandoned(limit: number): Promise<readonly RecordedRequest[]>
  /** Writes an audit row that belongs to no request in the database, with messages if need be, in one transaction. */
  note(
    row: {
      kind: string
      command: string | null
      channel: string | null
      target: string | null
      decision: string
      code: string | null
      payload: Readonly<Record<string, unknown>>
      /** Whose doing it was, under which reference; Bakery's own under a new one when it is not given. */
      by?: { readonly actor: string; readonly person: string; readonly ref: string }
    },
    messages?: readonly OutgoingMessage[],
  ): Promise<void>
}

/** What a button stands for. */
export interface Offer {
  readonly id: string
  /** First 16 hexadecimal characters of the SHA-256 of what it does. */
  readonly digest: string
  readonly action: string
  readonly line: string
  /** The outbox id of the message that carries it. */
  readonly message: string
  readonly createdAt: Date
  /** Set when an offer that works once was used: by whom and when. */
  readonly usedBy: string | null
  readonly usedAt: Date | null
}

export interface Offers {
  find(id: string): Promise<Offer | null>
}
