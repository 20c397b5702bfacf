import { at, condition, count, text } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { isSameObject } from './judge.ts'
import type { StepKindOf } from './kind.ts'
import { markedPatch } from './mark.ts'

/** Source: Flux's `meta` package: handled when `status.lastHandledReconcileAt` says the same. */
const REQUESTED = ['metadata', 'annotations', 'reconcile.fluxcd.io/requestedAt']
const RECONCILE_SECONDS = 300

/** The moment is the operation's own: asked twice, Flux looks once. */
export const reconcile: StepKindOf<StepOf<'reconcile'>> = {
  reads: { before: [], during: [] },
  seconds: () => RECONCILE_SECONDS,
  stale: (_step, { object }) =>
    at(object, 'spec', 'suspend') === true ? 'it is suspended, so Flux would do nothing' : null,
  request: ({ ref }, { object }, owner) =>
    markedPatch(
      ref,
      object,
      [{ path: REQUESTED, from: at(object, ...REQUESTED), to: owner.createdAt }],
      owner,
    ),
  observe({ ref }, { object }, { createdAt }) {
    if (!isSameObject(object, ref)) return 'other'
    return at(object, ...REQUESTED) === createdAt ? 'done' : 'absent'
  },
  progress({ ref }, { object }, { createdAt }) {
    if (!isSameObject(object, ref)) return { state: 'failed', says: 'it was deleted' }
    if (at(object, 'spec', 'suspend') === true) return { state: 'failed', says: 'it was suspended meanwhile' }
    if (at(object, 'status', 'lastHandledReconcileAt') !== createdAt) {
      return { state: 'waiting', says: 'Flux has not looked yet' }
    }
    const ready = condition(object, 'Ready')
    const message = text(ready.message)
    const seen =
      count(at(object, 'status', 'observedGeneration')) >= count(at(object, 'metadata', 'generation'))
    if (!seen || (ready.status !== 'True' && ready.status !== 'False')) {
      return { state: 'waiting', says: message ?? 'Flux is at work' }
    }
    if (ready.status === 'True')
      return { state: 'done', says: message ?? 'Flux has looked and all is as git says' }
    return {
      state: 'failed',
      says: `Flux could not: ${message ?? text(ready.reason) ?? 'it gives no reason'}`,
    }
  },
  inverse: () => null,
}
