import { z } from 'zod'
import { actions, context, section, sentence, text } from '../src/blocks/builders.ts'
import { stepButton } from '../src/blocks/next-step.ts'
import type { Answer } from '../src/core/answer.ts'
import { defineQuery } from '../src/core/command.ts'
import { workload } from '../src/core/names.ts'
import type { WorkloadFacts } from '../src/core/ports/workloads.ts'
import { workloadsOf } from './shared/changes/target.ts'

export const rolloutStatus = defineQuery({
  name: 'rollout status',
  summary: 'Show how far a rollout is, and why it does not go on.',
  examples: ['rollout status orders', 'rollout status auth-db'],
  args: z.object({ workload }),
  positional: ['workload'],
  family: 'cluster',
  role: 'viewer',

  read: ({ workload: name }, ports, _ask, signal) => workloadsOf(ports).get(name, signal),
  render: (of) => answerOf(of),
  status: ({ failure, rolling }) => (failure !== null ? 'critical' : rolling ? 'warning' : 'ok'),
})

function answerOf(of: WorkloadFacts): Answer {
  const { ref, replicas, ready, available, strategy, revision, images } = of
  const state = stateOf(of)
  const line = `${ref.name}: ${state}. ${ready} of ${replicas} ready, ${available} available.`
  return {
    kind: 'table',
    audience: 'channel',
    text: line,
    blocks: [
      section(text`*${ref.name}*: ${state}. ${ready} of ${replicas} ready, ${available} available.`),
      ...(of.failure === null ? [] : [section(`${of.failure.reason}: ${sentence(of.failure.message)}`)]),
      context(`${ref.kind}, ${strategy}, revision ${revision ?? 'unknown'}. ${images.join(', ')}`),
      ...actions(
        ...[
          { line: `rollout status ${ref.name}`, label: 'Refresh', action: 'refresh' as const },
          { line: `events ${ref.name}` },
          ...(of.paused ? [{ line: `rollout resume ${ref.name}`, label: 'Resume' }] : []),
          { line: `rollout history ${ref.name}`, label: 'Show revisions' },
        ].map((step) => stepButton(step)),
      ),
    ],
  }
}

function stateOf({ paused, failure, rolling }: WorkloadFacts): string {
  if (failure !== null) return 'the rollout stands still'
  if (paused) return 'the rollout is paused'
  return rolling ? 'a rollout is under way' : 'rolled out'
}
