import type { RawObject, WriteRequest } from '../../core/ports/objects.ts'
import type { Step } from '../../core/steps.ts'

/** Whose effect it is: what makes it recognisable on the object. */
export interface StepOwner {
  /** The operation's id. */
  readonly id: string
  /** Which of its steps. */
  readonly n: number
  /** ISO 8601: the operation's own moment, the same however often a step is tried. */
  readonly createdAt: string
}

/** What else of the cluster a step looks at, beside its own object. */
export type Related = 'pods' | 'revisions' | 'maker'

/** A step's object and what belongs to it, read afresh together. */
export interface Scene {
  /** Null: there is no object of this name. */
  readonly object: RawObject | null
  /** Pods that the object's selector chooses. */
  readonly pods: readonly RawObject[]
  /** ReplicaSets or ControllerRevisions that the object's selector chooses. */
  readonly revisions: readonly RawObject[]
  /** Who made the pod that is deleted or evicted: a ReplicaSet, StatefulSet or DaemonSet; null: nobody, or not looked at. */
  readonly maker: RawObject | null
}

/** A scene whose object is there and is the one that was approved. */
export interface Live extends Scene {
  readonly object: RawObject
}

/**
 * What a fresh read says of an effect:
 *   done     it has happened, and it was this one
 *   absent   it has not happened: everything is as it was before
 *   other    something else has happened
 */
export type Observation = 'done' | 'absent' | 'other'

/** How far the cluster is with what was written. */
export interface Progress {
  readonly state: 'waiting' | 'done' | 'failed'
  /** A sentence without its full stop: `2 of 3 new pods are available`. */
  readonly says: string
}

/** Everything that is proved once for a kind of step. All of it is pure. */
export interface StepKindOf<S extends Step> {
  /** What is read beside the object before it is written, and while it comes about. */
  readonly reads: { readonly before: readonly Related[]; readonly during: readonly Related[] }
  /** How many seconds it may take to come about. */
  seconds(step: S, live: Live): number
  /** Why the object is not as it was approved any more, as a sentence without its full stop; null: it is. */
  stale(step: S, live: Live): string | null
  /** The one write. It holds only for the object and the version that were read. */
  request(step: S, live: Live, owner: StepOwner): WriteRequest
  observe(step: S, scene: Scene, owner: StepOwner): Observation
  progress(step: S, scene: Scene, owner: StepOwner): Progress
  /** What puts it back; null: nothing does, or there is nothing to put back. */
  inverse(step: S): Step | null
  /** There is nothing to do any more, and that is well: a sentence; null otherwise. */
  moot?(step: S, scene: Scene): string | null
}

/** For what is true as soon as it is written. */
export const AT_ONCE_SECONDS = 60
