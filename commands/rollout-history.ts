import { z } from 'zod'
import { context, count, join, preformatted, section, text } from '../src/blocks/builders.ts'
import { stepButton } from '../src/blocks/next-step.ts'
import { differenceLines } from '../src/blocks/plan.ts'
import type { Block } from '../src/blocks/types.ts'
import type { Answer } from '../src/core/answer.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineQuery } from '../src/core/command.ts'
import { workload } from '../src/core/names.ts'
import type { Revision, WorkloadFacts } from '../src/core/ports/workloads.ts'
import { choiceOf, rollbackLine } from './shared/changes/revisions.ts'
import { workloadsOf } from './shared/changes/target.ts'

/** What one message shows of each revision and of all of them. */
const MOST = { revisions: 11, differences: 6 }

export const rolloutHistory = defineQuery({
  name: 'rollout history',
  summary: 'Show the revisions of a service that the cluster has kept, and what differs in each.',
  examples: ['rollout history orders', 'rollout history auth-db'],
  args: z.object({ workload }),
  positional: ['workload'],
  family: 'cluster',
  role: 'viewer',

  read: ({ workload: name }, ports, _ask, signal) => workloadsOf(ports).get(name, signal),
  render: (of, _args, ask) => answerOf(of, ask),
  data: ({ revision, revisions }) => ({ revision, revisions }),
})

function answerOf(of: WorkloadFacts, ask: Ask): Answer {
  const { ref, revision, revisions } = of
  const headline = `${ref.name} runs revision ${revision ?? 'unknown'}; ${count(revisions.length, 'revision is', 'revisions are')} kept.`
  const shown = revisions.slice(0, MOST.revisions)
  const left = revisions.length - shown.length
  return {
    kind: 'table',
    audience: 'channel',
    text: headline,
    blocks: [
      section(headline),
      ...shown.flatMap((one) => revisionBlocks(of, one, ask)),
      context(
        `A rollback shows its preview first.${left > 0 ? ` ${left} older revisions are not shown.` : ''}`,
      ),
    ],
  }
}

function revisionBlocks(of: WorkloadFacts, one: Revision, ask: Ask): readonly Block[] {
  const { name } = of.ref
  const { label, differences } = choiceOf(name, one, ask)
  const runs = one.number === of.revision
  const same = !runs && differences.length === 0 ? 'the same as what runs' : ''
  const words = join([text`*${label}*`, runs ? 'runs now' : same, one.images.join(', ')], '\n')
  const line = rollbackLine(name, one.number)
  if (runs || same !== '') return [section(words)]
  return [
    section(words, stepButton({ line, label: `Roll back to ${one.number}` })),
    preformatted(differenceLines(differences, MOST.differences)),
  ]
}
