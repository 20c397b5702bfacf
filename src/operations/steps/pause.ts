import { at } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { switchedKind } from './switched.ts'

const PAUSED = ['spec', 'paused']

export const pause = switchedKind<StepOf<'pause'>>({
  now: (object) => at(object, ...PAUSED) === true,
  from: ({ paused }) => !paused,
  to: ({ paused }) => paused,
  members: ({ paused }) => [{ path: PAUSED, to: paused ? true : undefined }],
  says: (paused) => (paused === true ? 'is paused: its rollout is held' : 'is not paused'),
  inverse: (step) => ({ ...step, paused: !step.paused }),
})
