import type { Actor } from './ask.ts'
import type { Code } from './codes.ts'
import type { Plan } from './plan.ts'
import type { Step } from './steps.ts'

/**
 * The durable life of a change (docs/ARCHITECTURE.md, "The life of a change"). `planned` waits for the requester's own
 * confirmation, `awaiting` for other persons' approval.
 */
export const OPEN_STATES = [
  'planned',
  'awaiting',
  'approved',
  'running',
  'verifying',
  'unknown',
  'reconciling',
  'needs-human',
] as const

/** Nothing follows them. */
export const FINAL_STATES = [
  'succeeded',
  'failed',
  'denied',
  'expired',
  'stale',
  'revoked',
  'cancelled',
] as const
export type FinalState = (typeof FINAL_STATES)[number]

export const OPERATION_STATES = [...OPEN_STATES, ...FINAL_STATES] as const
export type OperationState = (typeof OPERATION_STATES)[number]

/** Which state may follow which; nothing follows a final one. The database holds the same table (migrations/0006). */
export const TRANSITIONS: Readonly<Record<OperationState, readonly OperationState[]>> = {
  planned: ['approved', 'expired', 'stale', 'revoked', 'cancelled'],
  awaiting: ['approved', 'denied', 'expired', 'stale', 'revoked', 'cancelled'],
  approved: ['running', 'expired', 'stale', 'revoked', 'cancelled', 'failed'],
  running: ['verifying', 'unknown', 'failed', 'stale', 'revoked', 'cancelled', 'needs-human'],
  verifying: ['succeeded', 'failed', 'unknown', 'needs-human', 'running', 'cancelled'],
  unknown: ['reconciling', 'needs-human'],
  reconciling: ['running', 'verifying', 'succeeded', 'failed', 'stale', 'unknown', 'needs-human'],
  'needs-human': ['succeeded', 'failed', 'reconciling'],
  succeeded: [],
  failed: [],
  denied: [],
  expired: [],
  stale: [],
  revoked: [],
  cancelled: [],
}

/** How many other persons have to approve it. */
export function approvalsNeeded({ risk, approvals = 1 }: Plan): number {
  return risk === 'destructive' ? approvals : 0
}

export function isFinal(state: OperationState): state is FinalState {
  return TRANSITIONS[state].length === 0
}

/**
 * One step's own life. `intent` is committed before anything is sent; `unknown` was sent and its outcome not seen;
 * `sent` was answered and is coming about; `done` was read back; `absent` was proved not to have happened.
 */
export type StepState = 'pending' | 'intent' | 'unknown' | 'sent' | 'done' | 'absent' | 'failed' | 'skipped'

export interface OperationStep {
  /** Its place in the plan, from 0. */
  readonly n: number
  readonly step: Step
  readonly state: StepState
  /** What was read just before the intent: the object's version, and what its inverse needs. JSON. */
  readonly before: Readonly<Record<string, unknown>> | null
  readonly auditIds: readonly string[]
  readonly intentAt: string | null
  readonly settledAt: string | null
  /** A sentence on how it stands: `2 of 3 pods are ready`. */
  readonly says: string | null
}

export interface Review {
  readonly person: string
  /** Slack id. */
  readonly user: string
  readonly digest: string
  readonly verdict: 'approve' | 'deny'
  readonly reason: string | null
  readonly at: string
}

/** What an operation is, as the database has it. Times are ISO 8601. */
export interface Operation {
  /** Ten of 0-9 and a-z. */
  readonly id: string
  /** The registry's name, and the whole line that was planned: planning it again shows whether the world changed. */
  readonly command: string
  readonly line: string
  readonly plan: Plan
  readonly digest: string
  readonly state: OperationState
  readonly requester: Actor
  readonly channel: string
  readonly environment: string
  readonly reason: string | null
  readonly ref: string
  readonly createdAt: string
  /** By Postgres' clock: until then it can be confirmed or approved, and begin. */
  readonly expiresAt: string
  readonly settledAt: string | null
  readonly steps: readonly OperationStep[]
  readonly reviews: readonly Review[]
  /** Without a second person: why, and who has looked at it since. */
  readonly breakGlass: { readonly reason: string; readonly reviewedBy: string | null } | null
  /** Runs its inverse by itself unless somebody confirms within so many seconds after it succeeded. */
  readonly confirmWithinSeconds: number | null
  readonly confirmUntil: string | null
  readonly cancelRequested: boolean
  /** This operation undoes that one. */
  readonly undoes: string | null
  readonly undoneBy: string | null
  /** Begun by Bakery itself: undoes what nobody confirmed, or ends an override. Approved with what it follows from. */
  readonly follows: 'undo' | 'resume' | null
  /** Who said within the time given that it may stay; Slack id. */
  readonly keptBy: string | null
  /** The outbox id of its one message in the channel; null while it is only a preview. */
  readonly card: string | null
  /** How it ended, for people: the pods' reason of a rollout that failed. */
  readonly outcome: string | null
  readonly code: Code | null
  /** Counts each claim: whoever holds an older one changes nothing. */
  readonly fence: string
}

/** Changes are stopped for a while. `target` null: all. */
export interface Freeze {
  readonly id: string
  readonly target: string | null
  readonly until: string | null
  readonly reason: string
  /** Slack id. */
  readonly by: string
  readonly at: string
}

/** Something that was taken out of git's care and must go back: who owns it, and until when. */
export interface Override {
  readonly id: string
  readonly operation: string
  readonly says: string
  readonly target: string
  /** Slack id. */
  readonly owner: string
  readonly channel: string
  readonly until: string
  readonly steps: readonly Step[]
  readonly remindedAt: string | null
  /** The operation that gives it back. */
  readonly resumedBy: string | null
  readonly endedAt: string | null
  /** It could not be given back when its time was over; null: nothing has failed. */
  readonly failure: OverrideFailure | null
}

export interface OverrideFailure {
  /** How often it was tried. */
  readonly times: number
  /** The operation that failed last, and how it ended: a sentence, or its state alone. */
  readonly operation: string
  readonly says: string
  readonly nextAt: string
}
