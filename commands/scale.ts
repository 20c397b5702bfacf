import { z } from 'zod'
import { count } from '../src/blocks/builders.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineChange } from '../src/core/change.ts'
import { workload } from '../src/core/names.ts'
import type { Plan, Warning } from '../src/core/plan.ts'
import type { Autoscaler, WorkloadFacts } from '../src/core/ports/workloads.ts'
import type { ObjectRef } from '../src/core/steps.ts'
import { FLUX_ARGS, type FluxArguments, fluxPart } from './shared/changes/flux.ts'
import { nothingToDo, planOf, stop } from './shared/changes/plan.ts'
import { isDatabase, readTarget, type Target } from './shared/changes/target.ts'
import { cutsConnections, roomFor, secondPostmaster, zeroReplicas } from './shared/changes/warnings.ts'

export const scale = defineChange({
  name: 'scale',
  summary: 'Change how many pods a service runs.',
  examples: [
    'scale orders 3',
    'scale orders-service 2 --suspend-flux 1h',
    'scale auth-db 0 --reason "restore"',
  ],
  args: z.object({
    workload,
    replicas: z.coerce
      .number({ error: 'must be a whole number' })
      .int('must be a whole number')
      .min(0, 'must be at least 0')
      .max(100, 'must be at most 100')
      .describe('how many pods, 0 to 100'),
    ...FLUX_ARGS,
  }),
  positional: ['workload', 'replicas'],
  family: 'changes',
  role: 'member',

  read: ({ workload: name }, ports, _ask, signal) => readTarget(name, ports, signal),
  plan: (args, target, ask) => scalePlan(args, target, ask),
})

function scalePlan(args: FluxArguments & { readonly replicas: number }, target: Target, ask: Ask): Plan {
  const { workload: of } = target
  const { replicas: to } = args
  const { name } = of.ref
  const ref = scalable(of.ref)
  if (ref === null) {
    const text = 'It is a DaemonSet: it runs one pod on every node that it is meant for.'
    return stop(`${name} cannot be scaled`, name, 'NOT_SCALABLE', text)
  }
  const outside = outsideBounds(of, to)
  if (outside !== null) return outside
  if (to === of.replicas) return nothingToDo(`${name} is already set to ${count(to, 'pod')}`, name)
  return planOf({
    headline: `Scale ${name} from ${of.replicas} to ${to}`,
    target: name,
    steps: [{ kind: 'scale', ref, from: of.replicas, to }],
    workloads: [of],
    flux: fluxPart({
      ...{ args, managedBy: of.managedBy, ref, ask, git: gitHas(of) },
      undone: of.managedBy?.owns.replicas === true,
      hidden: of.managedBy?.replicasHidden === true,
    }),
    warnings: [
      ...pulledBack(of.autoscaler, name, to),
      ...(to === 0 ? zeroReplicas(target) : []),
      ...(to < of.replicas ? cutsConnections(target) : []),
      ...(to > 1 && to > of.replicas ? severalPostmasters(target) : []),
      ...(to > of.replicas
        ? roomFor(
            of,
            to - of.replicas,
            `${count(to - of.replicas, 'more pod')} ${to - of.replicas === 1 ? 'is' : 'are'} wanted`,
          )
        : []),
    ],
    facts: [`${of.ready} of ${count(of.replicas, 'pod')} ready now.`],
    instead: of.autoscaler === null || to === 0 ? [] : [`hpa ${name} --min ${to}`],
    watch: [of.ref],
  })
}

function gitHas({ managedBy }: WorkloadFacts): string | null {
  const replicas = managedBy?.gitReplicas ?? null
  return replicas === null ? null : count(replicas, 'replica')
}

function scalable({ kind, ...rest }: WorkloadFacts['ref']): ObjectRef<'Deployment' | 'StatefulSet'> | null {
  return kind === 'DaemonSet' ? null : { ...rest, kind }
}

/** An autoscaler takes no notice of a number outside its bounds: it is the bounds that have to change. Zero switches it off. */
function outsideBounds({ ref, autoscaler }: WorkloadFacts, to: number): Plan | null {
  if (autoscaler === null || to === 0) return null
  const { min, max } = autoscaler.bounds
  if (to >= min && to <= max) return null
  const [flag, word] = to > max ? ['--max', 'maximum'] : ['--min', 'minimum']
  const text =
    `The autoscaler ${autoscaler.ref.name} keeps it between ${min} and ${max} and would pull it back within about 15 s. ` +
    `Change its ${word} instead.`
  return stop(`${ref.name} cannot be scaled to ${to}`, ref.name, 'AUTOSCALED', text, [
    `hpa ${ref.name} ${flag} ${to}`,
  ])
}

function pulledBack(autoscaler: Autoscaler | null, name: string, to: number): readonly Warning[] {
  if (autoscaler === null) return []
  const { ref, desired, metrics, trouble } = autoscaler
  if (to === 0) {
    const text = `The autoscaler ${ref.name} does nothing while ${name} is at 0, and begins again when somebody scales it up.`
    return [{ code: 'AUTOSCALED', text }]
  }
  const by = metrics.length === 0 ? 'its load' : metrics.join(', ')
  const text =
    trouble === null
      ? `The autoscaler ${ref.name} wants ${desired} by ${by}, and puts its own number back within about 15 s.`
      : `The autoscaler ${ref.name} cannot measure now (${trouble}); as soon as it can, it puts its own number back.`
  return [{ code: 'AUTOSCALED', text }]
}

/** Several pods of a database on one volume are several postmasters, whatever the strategy is. */
function severalPostmasters(target: Target): readonly Warning[] {
  const { exclusiveVolumes, ref } = target.workload
  const [volume] = exclusiveVolumes
  if (!isDatabase(target) || ref.kind !== 'Deployment' || volume === undefined) return []
  const already = secondPostmaster(target)
  if (already.length > 0) return already
  const text = `More than one PostgreSQL would use the volume ${volume}: on one node they write over each other, on two the others hang.`
  return [{ code: 'SECOND_POSTMASTER', text }]
}
