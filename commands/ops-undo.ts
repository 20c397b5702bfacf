import { z } from 'zod'
import type { Ask } from '../src/core/ask.ts'
import { defineChange } from '../src/core/change.ts'
import { UserError } from '../src/core/errors.ts'
import { isFinal, type Operation } from '../src/core/operation.ts'
import type { Plan, Warning } from '../src/core/plan.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import type { WorkloadFacts } from '../src/core/ports/workloads.ts'
import { objectName, type Step } from '../src/core/steps.ts'
import { fluxPart } from './shared/changes/flux.ts'
import { whilePaused } from './shared/changes/pause.ts'
import { nothingToDo, stop } from './shared/changes/plan.ts'
import { databaseNow, type Target, targetOf, workloadsOf } from './shared/changes/target.ts'
import { replacementWarnings, zeroReplicas } from './shared/changes/warnings.ts'

interface Undoing {
  readonly operation: Operation
  /** The operation that has undone it; one that is under way, which may be this very one, has not yet. */
  readonly undone: Operation | null
  readonly plan: Plan
  /** The workloads that the undo touches, as they are now. */
  readonly targets: readonly Target[]
}

export const opsUndo = defineChange({
  name: 'ops undo',
  summary: 'Put back what an operation changed, with a preview of its own.',
  examples: ['ops undo 4f7k2m9x0q'],
  args: z.object({
    operation: z
      .string()
      .regex(/^[0-9a-z]{10}$/, 'must be the ten characters of an operation')
      .describe('the ten characters that an operation is known by'),
  }),
  positional: ['operation'],
  family: 'changes',
  role: 'member',
  deed: 'Undoing a change',

  async read({ operation: id }, ports, { channel }, signal): Promise<Undoing> {
    const operation = await ports.operations.find(id)
    if (operation === null || operation.channel !== channel) {
      throw new UserError('BAD_ARGUMENT', `There is no operation ${id} in this channel.`)
    }
    const plan = ports.planner.undo(operation)
    const by = operation.undoneBy === null ? null : await ports.operations.find(operation.undoneBy)
    const undone = by?.state === 'succeeded' ? by : null
    return { operation, undone, plan, targets: await targetsOf(plan.steps, ports, signal) }
  },

  plan: (_args, undoing, ask) => undoPlan(undoing, ask),
})

/** Steps that replace pods or their number, which are what Flux and a database care about. */
const ON_WORKLOADS: readonly Step['kind'][] = ['scale', 'rollback']

async function targetsOf(
  steps: readonly Step[],
  ports: ReadPorts,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  const names = [
    ...new Set(steps.filter(({ kind }) => ON_WORKLOADS.includes(kind)).map(({ ref }) => ref.name)),
  ]
  return Promise.all(
    names.map(async (name) => {
      const [workload, database] = await Promise.all([
        workloadsOf(ports).get(name, signal),
        databaseNow(name, ports, signal),
      ])
      return targetOf(workload, database, ports)
    }),
  )
}

function undoPlan({ operation, undone: by, plan, targets }: Undoing, ask: Ask): Plan {
  const { id, state } = operation
  if (by !== null) return nothingToDo(`Operation ${id} was undone by ${by.id} already`, plan.target)
  if (!isFinal(state)) {
    const text = `It is ${state}. Cancel it, or wait until it has ended.`
    return stop(`Operation ${id} cannot be undone yet`, plan.target, 'UNDER_WAY', text, [`ops cancel ${id}`])
  }
  if (plan.steps.length === 0) {
    const facts = plan.facts ?? []
    const why =
      facts.length > 0 ? facts.join(' ') : `It ended as ${state}, and nothing of it has to be put back.`
    return stop(`Operation ${id} cannot be undone`, plan.target, 'NOTHING_TO_UNDO', why)
  }
  return {
    ...plan,
    warnings: [
      ...plan.warnings,
      ...plan.steps.flatMap((step) => warningsOf(step, targets, ask)),
      ...gitReturns(plan.steps),
    ],
  }
}

/** What was kept from Flux goes back to it as part of the undo, and with it everything that differs from git. */
function gitReturns(steps: readonly Step[]): readonly Warning[] {
  const given = steps.filter(
    (step) => (step.kind === 'exempt' && !step.exempted) || (step.kind === 'suspend' && !step.suspended),
  )
  if (given.length === 0) return []
  const names = given.map(({ ref }) => objectName(ref)).join(', ')
  const text = `Flux has ${names} again then: at its next look whatever differs from git becomes what git has, also what this has put back.`
  return [{ code: 'GIT_RETURNS', text }]
}

function warningsOf(step: Step, targets: readonly Target[], ask: Ask): readonly Warning[] {
  if (step.kind === 'pause' && step.paused) return [whilePaused(step.ref.name)]
  const target = targets.find(({ workload }) => workload.ref.uid === step.ref.uid)
  if (target === undefined) return []
  const { workload } = target
  const moved = changedSince(step, workload)
  if (step.kind === 'rollback') {
    return [
      ...moved,
      ...replacementWarnings(target),
      ...undone(workload, workload.managedBy?.owns.template, ask),
    ]
  }
  if (step.kind !== 'scale') return moved
  const off = step.to === 0 ? zeroReplicas(target) : []
  return [...moved, ...off, ...undone(workload, workload.managedBy?.owns.replicas, ask)]
}

function changedSince(step: Step, { replicas, template, ref }: WorkloadFacts): readonly Warning[] {
  const same =
    step.kind === 'scale'
      ? step.from === replicas
      : step.kind === 'rollback'
        ? step.fromTemplate === template
        : true
  if (same) return []
  return [
    {
      code: 'CHANGED_SINCE',
      text: `${objectName(ref)} was changed since then: this would not put it back as it was.`,
    },
  ]
}

function undone(workload: WorkloadFacts, owned: boolean | undefined, ask: Ask): readonly Warning[] {
  const { managedBy, ref } = workload
  return fluxPart({
    args: { exempt: false },
    managedBy,
    ref,
    undone: owned === true,
    git: null,
    alone: true,
    ask,
  }).warnings
}
