import { z } from 'zod'
import { duration as inWords, localTime } from '../src/blocks/builders.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineChange } from '../src/core/change.ts'
import type { Plan } from '../src/core/plan.ts'
import type { FluxFacts } from '../src/core/ports/workloads.ts'
import { objectName, type Step } from '../src/core/steps.ts'
import { FLUX_OBJECT, readFlux } from './shared/changes/flux-objects.ts'
import { planOf, stop } from './shared/changes/plan.ts'

export const fluxReconcile = defineChange({
  name: 'flux reconcile',
  summary: 'Have Flux look at git now and apply what it finds.',
  examples: ['flux reconcile bakery-ia'],
  args: z.object(FLUX_OBJECT),
  positional: ['name'],
  family: 'changes',
  role: 'member',

  read: (args, ports, _ask, signal) => readFlux(args, ports, signal, 'flux reconcile'),
  plan: (_args, flux, ask) => reconcilePlan(flux, ask),
})

function reconcilePlan(flux: FluxFacts, { zone }: Ask): Plan {
  const { ref, suspended, source, ready, reason, appliedRevision, lastAppliedAt, intervalSeconds } = flux
  const name = objectName(ref)
  if (suspended) {
    const text = 'It is suspended, so it would not look. Resume it: that makes it look as well.'
    return stop(`${name} cannot reconcile`, ref.name, 'FLUX_SUSPENDED', text, [`flux resume ${ref.name}`])
  }
  const fetch: readonly Step[] = source === null ? [] : [{ kind: 'reconcile', ref: source }]
  const last = lastAppliedAt === null ? 'never' : localTime(lastAppliedAt, zone ?? 'UTC')
  return planOf({
    headline: `Have ${name} look at git now`,
    target: ref.name,
    steps: [...fetch, { kind: 'reconcile', ref }],
    warnings: [
      {
        code: 'GIT_RETURNS',
        text: 'What was changed by hand and differs from git becomes what git has, unless it is exempted.',
      },
    ],
    facts: [
      `It looks by itself every ${inWords(intervalSeconds)}. Applied last: ${appliedRevision ?? 'nothing yet'}, ${last}.`,
      ...(ready === false ? [`It is not ready now: ${reason ?? 'it gives no reason'}.`] : []),
    ],
  })
}
