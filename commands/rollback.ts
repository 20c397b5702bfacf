import { z } from 'zod'
import { ago, count } from '../src/blocks/builders.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineChange } from '../src/core/change.ts'
import { workload } from '../src/core/names.ts'
import type { Plan } from '../src/core/plan.ts'
import type { Revision, WorkloadFacts } from '../src/core/ports/workloads.ts'
import { previousRevision } from '../src/core/rollout/revisions.ts'
import { FLUX_ARGS, type FluxArguments, fluxPart } from './shared/changes/flux.ts'
import { planOf, stop } from './shared/changes/plan.ts'
import { causeOf, choiceOf, rollbackLine } from './shared/changes/revisions.ts'
import { readTarget, type Target } from './shared/changes/target.ts'
import { replacementWarnings } from './shared/changes/warnings.ts'

/** `--to 0` is the one before, as kubectl counts. */
const PREVIOUS = 0

export const rollback = defineChange({
  name: 'rollback',
  summary: 'Put an earlier revision of a service back, chosen from what the cluster has kept.',
  examples: [
    'rollback orders',
    'rollback orders-service --to 6',
    'rollback orders --to 6 --confirm-within 10m',
    'rollback orders --to 6 --exempt --for 4h',
  ],
  args: z.object({
    workload,
    to: z.coerce
      .number({ error: 'must be the number of a revision' })
      .int('must be the number of a revision')
      .min(0, 'must be the number of a revision, or 0 for the one before')
      .max(1_000_000_000)
      .optional()
      .describe('the number of a revision, 0 for the one before; without it they are shown to choose from'),
    ...FLUX_ARGS,
  }),
  positional: ['workload'],
  family: 'changes',
  role: 'member',

  read: ({ workload: name }, ports, _ask, signal) => readTarget(name, ports, signal),
  plan: (args, target, ask) => rollbackPlan(args, target, ask),
})

function rollbackPlan(
  args: FluxArguments & { readonly to?: number | undefined },
  target: Target,
  ask: Ask,
): Plan {
  const { workload: of } = target
  const { name } = of.ref
  const cannot = `${name} cannot be rolled back`
  if (of.paused) {
    const text = 'Its rollout is paused, so its pods would stay as they are. Resume it first.'
    return stop(cannot, name, 'PAUSED', text, [`rollout resume ${name}`])
  }
  const others = of.revisions.filter(({ number }) => number !== of.revision)
  if (others.length === 0) {
    const text = `The cluster has kept no other revision of ${name}. What ran before has to come from git.`
    return stop(cannot, name, 'NO_SUCH_REVISION', text)
  }
  if (args.to === undefined) return chooseFrom(of, others, ask)
  const wanted =
    args.to === PREVIOUS
      ? previousRevision(of.revisions)
      : of.revisions.find(({ number }) => number === args.to)
  if (wanted === undefined) {
    const kept = others.map(({ number }) => number).join(', ')
    const text = `It has no revision ${args.to}. Besides the one that runs, the cluster has kept ${others.length === 1 ? 'revision' : 'the revisions'} ${kept}.`
    return stop(
      cannot,
      name,
      'NO_SUCH_REVISION',
      text,
      others.slice(0, 3).map(({ number }) => rollbackLine(name, number)),
    )
  }
  if (wanted.template === of.template) {
    const text = `Revision ${wanted.number} is what runs.`
    const different = others.filter(({ template }) => template !== of.template).slice(0, 3)
    return stop(
      cannot,
      name,
      'SAME_REVISION',
      text,
      different.map(({ number }) => rollbackLine(name, number)),
    )
  }
  return toRevision(args, target, wanted, ask)
}

function toRevision(args: FluxArguments, target: Target, wanted: Revision, ask: Ask): Plan {
  const { workload: of } = target
  const { ref, revision, template } = of
  const from = revision ?? 0
  return planOf({
    headline: `Roll ${ref.name} back from revision ${from === 0 ? 'unknown' : from} to ${wanted.number}`,
    target: ref.name,
    steps: [
      {
        ...{ kind: 'rollback', ref, from, to: wanted.number },
        ...{ fromTemplate: template, toTemplate: wanted.template },
      },
    ],
    workloads: [of],
    flux: fluxPart({
      ...{ args, managedBy: of.managedBy, ref, ask, undone: of.managedBy?.owns.template === true },
      git: of.images.length === 0 ? null : of.images.join(', '),
    }),
    warnings: replacementWarnings(target),
    facts: [
      `Revision ${wanted.number} was made ${ago(wanted.createdAt, ask.at)}${causeOf(wanted)}.`,
      'ConfigMaps, Secrets, replicas and the data of databases stay as they are now.',
    ],
    differences: wanted.differences,
    watch: [ref],
  })
}

function chooseFrom(of: WorkloadFacts, others: readonly Revision[], ask: Ask): Plan {
  const { name } = of.ref
  const different = others.filter(({ template }) => template !== of.template)
  const same = others.length - different.length
  if (different.length === 0) {
    const text =
      'Every other revision that the cluster has kept is what runs already. What ran before has to come from git.'
    return stop(`${name} cannot be rolled back`, name, 'SAME_REVISION', text)
  }
  const not = same === 0 ? '' : `, and ${same} that ${same === 1 ? 'is' : 'are'} the same as what runs`
  return {
    headline: `${name} runs revision ${of.revision ?? 'unknown'}: to which one?`,
    ...{ target: name, risk: 'change', steps: [], warnings: [] },
    facts: [
      `The cluster has kept ${count(different.length, 'other revision')}${not}. It runs ${of.images.join(', ') || 'nothing'}.`,
    ],
    choices: different.map((one) => choiceOf(name, one, ask)),
  }
}
