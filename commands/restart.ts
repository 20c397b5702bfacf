import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import { workload } from '../src/core/names.ts'
import type { Plan } from '../src/core/plan.ts'
import { fluxPart } from './shared/changes/flux.ts'
import { nothingToDo, planOf, stop } from './shared/changes/plan.ts'
import { readTarget, type Target } from './shared/changes/target.ts'
import { replacementWarnings } from './shared/changes/warnings.ts'

export const restart = defineChange({
  name: 'restart',
  summary: 'Replace all pods of a service, as its strategy says.',
  examples: ['restart orders', 'restart orders-service --reason "pool exhausted"'],
  args: z.object({ workload }),
  positional: ['workload'],
  family: 'changes',
  role: 'member',

  read: ({ workload: name }, ports, _ask, signal) => readTarget(name, ports, signal),
  plan: (_args, target, ask) => restartPlan(target, ask),
})

function restartPlan(target: Target, ask: Parameters<typeof fluxPart>[0]['ask']): Plan {
  const { workload: of } = target
  const { ref, replicas, template } = of
  if (of.paused) {
    return stop(
      `${ref.name} cannot be restarted`,
      ref.name,
      'PAUSED',
      'Its rollout is paused, so no pod would be replaced. Resume it first.',
      [`rollout resume ${ref.name}`],
    )
  }
  if (replicas === 0) return nothingToDo(`${ref.name} runs no pods`, ref.name)
  return planOf({
    headline: `Restart ${ref.name} (${replicas} ${replicas === 1 ? 'pod' : 'pods'}, ${of.strategy})`,
    target: ref.name,
    steps: [{ kind: 'restart', ref, template }],
    workloads: [of],
    // git says nothing of the moment of a restart, and Bakery writes under a name of its own: Flux leaves it.
    flux: fluxPart({ args: { exempt: false }, managedBy: of.managedBy, ref, undone: false, git: null, ask }),
    warnings: replacementWarnings(target),
    watch: [ref],
  })
}
