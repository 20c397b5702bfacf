import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import type { Plan } from '../src/core/plan.ts'
import type { FluxFacts } from '../src/core/ports/workloads.ts'
import { objectName } from '../src/core/steps.ts'
import { FLUX_OBJECT, readFlux } from './shared/changes/flux-objects.ts'
import { nothingToDo, planOf } from './shared/changes/plan.ts'

export const fluxResume = defineChange({
  name: 'flux resume',
  summary: 'Let Flux go on that was suspended.',
  examples: ['flux resume bakery-ia'],
  args: z.object(FLUX_OBJECT),
  positional: ['name'],
  family: 'changes',
  role: 'member',

  read: (args, ports, _ask, signal) => readFlux(args, ports, signal, 'flux resume'),
  plan: (_args, flux) => resumePlan(flux),
})

function resumePlan({ ref, suspended, appliedRevision }: FluxFacts): Plan {
  const name = objectName(ref)
  if (!suspended) return nothingToDo(`${name} is not suspended`, ref.name, [`flux reconcile ${ref.name}`])
  return planOf({
    headline: `Resume ${name}`,
    target: ref.name,
    steps: [{ kind: 'suspend', ref, suspended: false }],
    warnings: [
      {
        code: 'GIT_RETURNS',
        text: 'Everything that was changed by hand since it was suspended becomes what git has, at once.',
      },
    ],
    facts: [`Applied last: ${appliedRevision ?? 'nothing yet'}.`],
  })
}
