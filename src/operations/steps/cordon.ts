import { at } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { switchedKind } from './switched.ts'

const UNSCHEDULABLE = ['spec', 'unschedulable']

export const cordon = switchedKind<StepOf<'cordon'>>({
  now: (object) => at(object, ...UNSCHEDULABLE) === true,
  from: ({ cordoned }) => !cordoned,
  to: ({ cordoned }) => cordoned,
  members: ({ cordoned }) => [{ path: UNSCHEDULABLE, to: cordoned ? true : undefined }],
  says: (cordoned) => (cordoned === true ? 'takes no new pods' : 'takes new pods'),
  inverse: (step) => ({ ...step, cordoned: !step.cordoned }),
})
