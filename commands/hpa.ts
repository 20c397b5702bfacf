import { z } from 'zod'
import { count } from '../src/blocks/builders.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineChange } from '../src/core/change.ts'
import { UserError } from '../src/core/errors.ts'
import { workload } from '../src/core/names.ts'
import type { Plan, Warning } from '../src/core/plan.ts'
import type { Autoscaler } from '../src/core/ports/workloads.ts'
import type { Bounds } from '../src/core/steps.ts'
import { FLUX_ARGS, type FluxArguments, fluxPart } from './shared/changes/flux.ts'
import { nothingToDo, planOf, stop } from './shared/changes/plan.ts'
import { readTarget, type Target } from './shared/changes/target.ts'
import { roomFor } from './shared/changes/warnings.ts'

const bound = z.coerce
  .number({ error: 'must be a whole number' })
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(100, 'must be at most 100')
  .optional()

export const hpa = defineChange({
  name: 'hpa',
  summary: 'Change the bounds of a service’s autoscaler.',
  examples: ['hpa orders --max 5', 'hpa orders-service --min 2 --max 5 --exempt'],
  args: z.object({
    workload,
    min: bound.describe('at least so many pods, 1 to 100'),
    max: bound.describe('at most so many pods, 1 to 100'),
    ...FLUX_ARGS,
  }),
  positional: ['workload'],
  family: 'changes',
  role: 'member',

  read: ({ workload: name }, ports, _ask, signal) => readTarget(name, ports, signal),
  plan: (args, target, ask) => hpaPlan(args, target, ask),
})

interface Arguments extends FluxArguments {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

function hpaPlan(args: Arguments, target: Target, ask: Ask): Plan {
  const { workload: of } = target
  const { autoscaler } = of
  const { name } = of.ref
  if (args.min === undefined && args.max === undefined) {
    throw new UserError('BAD_ARGUMENT', 'Say which bound changes: --min, --max or both.', {
      suggestions: ['hpa list'],
    })
  }
  if (autoscaler === null) {
    const text = 'It has no autoscaler: its number of pods is set directly.'
    return stop(`${name} has no bounds to change`, name, 'NOT_AUTOSCALED', text, [
      `scale ${name} ${args.max ?? args.min}`,
    ])
  }
  const { bounds: from, ref } = autoscaler
  const to = { min: args.min ?? from.min, max: args.max ?? from.max }
  if (to.min > to.max) throw crossed(name, args, { from, to })
  if (to.min === from.min && to.max === from.max) {
    return nothingToDo(`The autoscaler of ${name} already keeps between ${to.min} and ${to.max} pods`, name)
  }
  return planOf({
    headline: `Let the autoscaler of ${name} keep between ${to.min} and ${to.max} pods, not ${from.min} and ${from.max}`,
    target: name,
    steps: [{ kind: 'autoscale', ref, from, to }],
    workloads: [of],
    flux: fluxPart({
      ...{ args, managedBy: autoscaler.managedBy, ref, ask, undone: autoscaler.managedBy !== null },
      git: `between ${from.min} and ${from.max}`,
    }),
    warnings: [...cannotMeasure(autoscaler), ...roomForMore(target, to)],
    facts: [movesTo(autoscaler, to)],
    watch: [of.ref],
  })
}

function crossed(
  name: string,
  { min, max }: Arguments,
  { from, to }: { readonly from: Bounds; readonly to: Bounds },
): UserError {
  const says = `The minimum would be ${to.min} and the maximum ${to.max}. It keeps between ${from.min} and ${from.max} now`
  if (min !== undefined && max !== undefined) return new UserError('BAD_ARGUMENT', `${says}.`)
  const [also, one] = min === undefined ? [`--min ${to.max}`, to.max] : [`--max ${to.min}`, to.min]
  const suggestions = [`hpa ${name} --min ${one} --max ${one}`]
  return new UserError('BAD_ARGUMENT', `${says}; add ${also}.`, { suggestions })
}

function cannotMeasure({ ref, trouble }: Autoscaler): readonly Warning[] {
  if (trouble === null) return []
  return [
    {
      code: 'NOT_MEASURED',
      text: `${ref.name} cannot measure now (${trouble}): within its bounds it moves nothing until it can.`,
    },
  ]
}

function roomForMore({ workload: of }: Target, to: Bounds): readonly Warning[] {
  const more = to.max - of.replicas
  return more > 0 ? roomFor(of, more, `At the maximum it runs ${more} more than now`) : []
}

function movesTo({ current, desired, metrics }: Autoscaler, to: Bounds): string {
  const by = metrics.length === 0 ? '' : ` by ${metrics.join(', ')}`
  const next = Math.min(Math.max(desired, to.min), to.max)
  if (next === current) return `It runs ${count(current, 'pod')}${by}, and stays there for now.`
  return `It runs ${count(current, 'pod')} and wants ${desired}${by}: it goes to ${next} within about 15 s.`
}
