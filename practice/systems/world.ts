import type { Store } from '../cluster/store.ts'
import type { RestartLedger } from './restarts.ts'
import type { Outage } from './story/outages.ts'

/** What a stand-in may know. */
export interface World {
  /** The story's time. */
  readonly now: () => Date
  /** How far the story's time is ahead of the clock of whoever asks, in milliseconds; none by default. */
  readonly ahead?: () => number
  readonly outages: () => readonly Outage[]
  /** The same seed tells the same story. */
  readonly seed: number
  /** When the systems say that they were started; long ago, so that counters are not all zero. */
  readonly startedAt: Date
  /** The objects of the cluster that is watched. */
  readonly store: Store
  readonly restarts: RestartLedger
}

/** A time that a client names, as the story's. */
export const inStory = ({ ahead }: World, at: Date): Date => new Date(at.getTime() + (ahead?.() ?? 0))
/** A time of the story, as the client's clock has it. */
export const asTold = ({ ahead }: World, at: Date): Date => new Date(at.getTime() - (ahead?.() ?? 0))

/** Ends the version of every stand-in: whoever asks sees that no real server answers. */
export const MARK = 'practice'
