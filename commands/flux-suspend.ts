import { z } from 'zod'
import { duration as inWords } from '../src/blocks/builders.ts'
import { defineChange } from '../src/core/change.ts'
import { duration } from '../src/core/names.ts'
import type { Plan } from '../src/core/plan.ts'
import type { FluxFacts } from '../src/core/ports/workloads.ts'
import { objectName } from '../src/core/steps.ts'
import { resumedAfter } from './shared/changes/flux.ts'
import { FLUX_OBJECT, readFlux } from './shared/changes/flux-objects.ts'
import { nothingToDo, planOf } from './shared/changes/plan.ts'

const LONGEST_SECONDS = 7 * 86_400

export const fluxSuspend = defineChange({
  name: 'flux suspend',
  summary: 'Hold Flux for a while, so that it applies nothing; it is resumed by itself.',
  examples: ['flux suspend bakery-ia --for 1h --reason "hotfix by hand"'],
  args: z.object({
    ...FLUX_OBJECT,
    for: duration
      .refine((seconds) => seconds <= LONGEST_SECONDS, 'must be at most 7d')
      .default(3600)
      .describe('how long, at most 7d'),
  }),
  positional: ['name'],
  family: 'changes',
  role: 'member',

  read: (args, ports, _ask, signal) => readFlux(args, ports, signal, 'flux suspend'),
  plan: ({ for: seconds }, flux) => suspendPlan(flux, seconds),
})

function suspendPlan({ ref, suspended, appliedRevision, intervalSeconds }: FluxFacts, seconds: number): Plan {
  const name = objectName(ref)
  if (suspended) return nothingToDo(`${name} is suspended already`, ref.name, [`flux resume ${ref.name}`])
  return planOf({
    headline: `Suspend ${name} for ${inWords(seconds)}`,
    target: ref.name,
    steps: [{ kind: 'suspend', ref, suspended: true }],
    resume: resumedAfter(ref, seconds),
    warnings: [
      {
        code: 'FLUX_SUSPENDED',
        text: `For ${inWords(seconds)} nothing from git reaches any of its objects, also no release and no fix.`,
      },
    ],
    facts: [`It looks every ${inWords(intervalSeconds)}; applied last: ${appliedRevision ?? 'nothing yet'}.`],
  })
}
