import { at, list } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { isLeaving, observeGone, POD_SECONDS, waitForEnd } from './gone.ts'
import { isSameObject } from './judge.ts'
import type { StepKindOf } from './kind.ts'

/** A budget that allows no disruption now may allow one when another pod has started: that is waited for as well. */
export const evict: StepKindOf<StepOf<'evict'>> = {
  reads: { before: [], during: [] },
  seconds: () => POD_SECONDS,
  stale(_step, { object }) {
    const owners = list(at(object, 'metadata', 'ownerReferences'))
    const daemon = owners.some((owner) => at(owner, 'kind') === 'DaemonSet')
    return daemon ? 'a DaemonSet keeps it on this node, so it would come back at once' : null
  },
  request: ({ ref }) => ({ verb: 'evict', ref }),
  observe: ({ ref }, { object }) => observeGone(object, ref),
  progress: ({ ref }, { object }) => waitForEnd(object, ref) ?? { state: 'done', says: 'it has left' },
  inverse: () => null,
  /** Pods come and go while others are waited for. */
  moot: ({ ref }, { object }) =>
    !isSameObject(object, ref) || isLeaving(object) ? 'it had left by itself' : null,
}
