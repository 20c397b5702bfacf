import { at, count } from '../../core/raw.ts'
import type { Bounds, StepOf } from '../../core/steps.ts'
import { switchedKind } from './switched.ts'

const MIN = ['spec', 'minReplicas']
const MAX = ['spec', 'maxReplicas']

/** Kubernetes' own default of the least is 1. */
const bounds = (object: unknown): Bounds => ({
  min: count(at(object, ...MIN), 1),
  max: count(at(object, ...MAX)),
})

export const autoscale = switchedKind<StepOf<'autoscale'>>({
  now: bounds,
  from: ({ from }) => from,
  to: ({ to }) => to,
  members: ({ to }) => [
    { path: MIN, to: to.min },
    { path: MAX, to: to.max },
  ],
  says: (value) => {
    const { min, max } = value as Bounds
    return `keeps between ${min} and ${max} pods`
  },
  inverse: ({ from, to, ...step }) => ({ ...step, from: to, to: from }),
})
