import { at } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { switchedKind } from './switched.ts'

/** Source: Flux, "Controlling the apply behavior of resources". */
const RECONCILE = 'kustomize.toolkit.fluxcd.io/reconcile'
const LABEL = ['metadata', 'labels', RECONCILE]

/** Flux reads it as a label and as an annotation; either takes the object out of its care. */
function isExempted(object: unknown): boolean {
  return ['labels', 'annotations'].some((member) => at(object, 'metadata', member, RECONCILE) === 'disabled')
}

export const exempt = switchedKind<StepOf<'exempt'>>({
  now: isExempted,
  from: ({ exempted }) => !exempted,
  to: ({ exempted }) => exempted,
  members: ({ exempted }) => [{ path: LABEL, to: exempted ? 'disabled' : undefined }],
  says: (exempted) => (exempted === true ? 'is exempted: Flux leaves it alone' : 'is kept by Flux'),
  inverse: (step) => ({ ...step, exempted: !step.exempted }),
  moot: ({ exempted }) => !exempted,
})
