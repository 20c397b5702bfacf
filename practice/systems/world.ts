import type { Store } from '../cluster/store.ts'
import type { RestartLedger } from './restarts.ts'
import type { Outage } from './story/outages.ts'

/** What a stand-in may know. */
export interface World {
  readonly now: () => Date
  readonly outages: () => readonly Outage[]
  /** The same seed tells the same story. */
  readonly seed: number
  /** When the systems say that they were started; long ago, so that counters are not all zero. */
  readonly startedAt: Date
  /** The objects of the cluster that is watched. */
  readonly store: Store
  readonly restarts: RestartLedger
}

/** Ends the version of every stand-in: whoever asks sees that no real server answers. */
export const MARK = 'practice'
