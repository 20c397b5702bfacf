import type { Answer } from '../answer.ts'
import type { Actor } from '../ask.ts'
import type { Code } from '../codes.ts'
import type { Freeze, Operation, OperationState, OperationStep, Override, StepState } from '../operation.ts'
import type { Plan } from '../plan.ts'
import type { OutgoingMessage } from './records.ts'

/** Operations as they are, read afresh. */
export interface OperationReader {
  find(id: string): Promise<Operation | null>
  list(filter: {
    readonly states?: readonly OperationState[]
    readonly target?: string
    readonly person?: string
    readonly channel?: string
    /** Only those that were done without a second person and that nobody else has looked at. */
    readonly unreviewed?: true
    readonly limit: number
  }): Promise<readonly Operation[]>
  freezes(): Promise<readonly Freeze[]>
  overrides(): Promise<readonly Override[]>
}

export interface Proposal {
  readonly command: string
  readonly line: string
  readonly plan: Plan
  readonly digest: string
  readonly requester: Actor
  readonly channel: string
  readonly environment: string
  readonly reason: string | null
  readonly ref: string
  readonly breakGlass: string | null
  readonly confirmWithinSeconds: number | null
  readonly undoes: string | null
}

/**
 * What a person decides about operations, inside the one transaction that also ends the request: compare-and-set, the audit
 * rows of each change of state, and messages are one commit. Each verb throws `UserError` with the code of docs/CONTRACT.md
 * (`ALREADY_DECIDED`, `EXPIRED`, `SELF_APPROVAL`, `STALE_PLAN`, `FROZEN`, `TARGET_BUSY`) and then nothing has changed.
 */
export interface OperationDesk {
  /** Locked until the transaction ends; `UserError` `EXPIRED` when there is none. */
  load(id: string): Promise<Operation>
  /** `planned`, `awaiting`, or `approved` with break-glass (owners only). What is awaited or approved gets its card in the channel. */
  propose(proposal: Proposal): Promise<Operation>
  /** The requester's own confirmation of a `change`; or of what succeeded under `--confirm-within`. */
  confirm(id: string, digest: string, by: Actor): Promise<Operation>
  /** `approved` when the last one that is needed has come, else still `awaiting`. */
  approve(id: string, digest: string, by: Actor, reason: string | null): Promise<Operation>
  deny(id: string, digest: string, by: Actor, reason: string | null): Promise<Operation>
  /** Before it runs: cancelled. While it runs: after the step that is under way. */
  cancel(id: string, by: Actor): Promise<Operation>
  /** The world has changed: ends it as `stale`. The caller proposes the new plan in the same transaction. */
  outdated(id: string, says: string): Promise<Operation>
  /** What nobody could find out: a person says how it ended, and not the requester. */
  resolve(id: string, verdict: 'succeeded' | 'failed', by: Actor, reason: string): Promise<Operation>
  /** Somebody else has looked at what was done without a second person. */
  review(id: string, by: Actor): Promise<Operation>
  freeze(target: string | null, seconds: number | null, reason: string, by: Actor): Promise<Freeze>
  unfreeze(target: string | null, by: Actor): Promise<readonly Freeze[]>
  endOverride(id: string, by: Actor): Promise<Override>
}

/** An operation that this process works on, until its lease ends. */
export interface Claim {
  readonly operation: Operation
  readonly fence: string
  /** By `performance.now()`: nothing is sent after it. */
  readonly until: number
}

/** What the engine writes; every verb is one transaction, and false (or null) when the claim is not ours any more: stop. */
export interface OperationEngine {
  /**
   * One that is approved and not expired, or whose worker is gone; its objects are locked. Its state stays as it is until it
   * has been looked at again: then `begin`, or `move` it to `running`. Null: nothing to do.
   */
  claim(leaseSeconds: number): Promise<Claim | null>
  /** With the news of it: whether somebody asked to cancel it. */
  renew(claim: Claim, leaseSeconds: number): Promise<Claim | null>
  /** Gives it up at once, for another process. */
  release(claim: Claim): Promise<boolean>
  /**
   * The first intent of an operation that was approved until now: it runs from here on, in the same commit. `asOf` is the
   * version of the records (access and freezes) that it was looked at again under. `outdated`: there is a newer one, and
   * nothing was written. `lost`: the claim is not ours any more.
   */
  begin(
    claim: Claim,
    n: number,
    before: OperationStep['before'],
    asOf: bigint,
  ): Promise<'begun' | 'outdated' | 'lost'>
  /** Committed before the effect: what is about to be sent, and what was read just before. */
  intent(claim: Claim, n: number, before: OperationStep['before']): Promise<boolean>
  settle(
    claim: Claim,
    n: number,
    to: { readonly state: StepState; readonly auditId: string | null; readonly says: string | null },
  ): Promise<boolean>
  /**
   * Also puts the card as it is now into the outbox, unless `messages` updates it already. Final states and `needs-human`
   * end the claim. An operation that did not get as far as an intent has no override to end.
   */
  move(
    claim: Claim,
    to: OperationState,
    how: {
      readonly says: string | null
      readonly code: Code | null
      readonly messages: readonly OutgoingMessage[]
    },
  ): Promise<boolean>
  /** Only a message: progress. Without messages the card as it is now. */
  tell(claim: Claim, messages: readonly OutgoingMessage[]): Promise<boolean>
  /**
   * What ends by time alone. `expired`, `remind` and `stuck` are done with when they are returned (state, card and message are in the
   * same commit); `unconfirmed` and `resume` come again until `follow` has begun what they ask for.
   */
  due(limit: number): Promise<readonly Due[]>
  /**
   * Begins what follows by itself from an operation that was approved: undoes one that nobody has confirmed, or ends an
   * override. It is approved at once, for the same requester. What failed before has no card until it succeeds or needs a
   * person. Null: it is done already, or its objects are busy now.
   */
  follow(
    cause:
      | { readonly kind: 'undo'; readonly operation: string }
      | { readonly kind: 'resume'; readonly override: string },
    what: { readonly command: string; readonly line: string; readonly plan: Plan },
  ): Promise<Operation | null>
  /** Nobody confirmed it in its time, and nothing puts it back: its card says so, and it is not `due` any more. */
  stays(operation: string): Promise<void>
  /** Wakes whoever waits for `claim`; returns how to stop. */
  onWaiting(wake: () => void): () => void
}

export type Due =
  | { readonly kind: 'expired'; readonly operation: Operation }
  | { readonly kind: 'unconfirmed'; readonly operation: Operation }
  | { readonly kind: 'resume'; readonly override: Override }
  | { readonly kind: 'remind'; readonly override: Override }
  | { readonly kind: 'stuck'; readonly override: Override }

/** What is needed to say how an operation stands. */
export interface CardFacts {
  readonly operation: Operation
  /** Slack id → what the person is called. */
  readonly names: ReadonlyMap<string, string>
}

/** What follows from a change of state by itself, as pure functions of data (src/views/operations). */
export interface OperationVoice {
  /** Its one message in the channel, in every state. */
  card(facts: CardFacts): Answer
  /** To the owners and the security channel: it runs without a second person. */
  brokenGlass(facts: CardFacts): Answer
  /** To whoever owns the override: it will be given back. */
  reminder(override: Override): Answer
  /** To whoever owns the override, and its channel: it could not be given back, and is tried again. */
  stuck(override: Override, to: 'person' | 'channel'): Answer
}
