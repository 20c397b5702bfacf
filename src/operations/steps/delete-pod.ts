import type { StepOf } from '../../core/steps.ts'
import { isLeaving, observeGone, POD_SECONDS, waitForEnd, waitForSuccessor } from './gone.ts'
import type { StepKindOf } from './kind.ts'

/** Only this pod, by its UID: its successor can have the same name. */
export const deletePod: StepKindOf<StepOf<'delete-pod'>> = {
  reads: { before: [], during: ['maker'] },
  seconds: () => POD_SECONDS,
  stale: (_step, { object }) => (isLeaving(object) ? 'it is being deleted already' : null),
  request: ({ ref }, { object }) => ({
    verb: 'delete',
    ref,
    resourceVersion: object.metadata.resourceVersion,
  }),
  observe: ({ ref }, { object }) => observeGone(object, ref),
  progress: ({ ref }, { object, maker }) => waitForEnd(object, ref) ?? waitForSuccessor(maker),
  inverse: () => null,
}
