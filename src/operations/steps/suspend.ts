import { at } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { switchedKind } from './switched.ts'

const SUSPEND = ['spec', 'suspend']

export const suspend = switchedKind<StepOf<'suspend'>>({
  now: (object) => at(object, ...SUSPEND) === true,
  from: ({ suspended }) => !suspended,
  to: ({ suspended }) => suspended,
  // As Flux's own command does: `false` stays written.
  members: ({ suspended }) => [{ path: SUSPEND, to: suspended }],
  says: (suspended) => (suspended === true ? 'is suspended: Flux leaves it alone' : 'is kept by Flux'),
  inverse: (step) => ({ ...step, suspended: !step.suspended }),
  moot: ({ suspended }) => !suspended,
})
