import type { Ask, UserKind } from '../ask.ts'
import type { Operation } from '../operation.ts'
import type { Difference, Plan } from '../plan.ts'

/** A plan as it would be shown now. */
export interface Planned {
  /** The registry's name of the command. */
  readonly command: string
  /** The whole line in its one form: planning it again shows whether the world has changed. */
  readonly line: string
  readonly plan: Plan
  readonly digest: string
  /** What the API server says the objects would be, from a dry run; empty when there is nothing to rehearse. */
  readonly rehearsed: readonly Difference[]
}

/** Plans a line: reads the world afresh, plans, rehearses. Nothing is changed. Throws what the command's `read` throws. */
export interface Planner {
  /** `shown`: what it was before. Its steps are rehearsed while the world is read, which holds when they are still the same. */
  plan(line: string, ask: Ask, signal: AbortSignal, shown?: Plan): Promise<Planned>
  /** What takes an operation back, from its own steps as they were done. Pure. */
  undo(operation: Operation): Plan
}

/** What Slack says at this moment, never from the mirror: asked before a decision and before an execution. */
export interface Attestation {
  /**
   * What is new about the person is in the mirror when it answers. Without a channel nobody is in it. Throws `DependencyError`
   * when Slack cannot be asked, or knows nobody of this id: whoever decides refuses then.
   */
  attest(
    user: string,
    channel: string | null,
  ): Promise<{ readonly kind: UserKind; readonly inChannel: boolean }>
}
