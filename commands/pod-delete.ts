import { z } from 'zod'
import { defineChange } from '../src/core/change.ts'
import { UserError } from '../src/core/errors.ts'
import type { Plan, Warning } from '../src/core/plan.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import type { PodFacts } from '../src/core/ports/workloads.ts'
import { podName } from './shared/changes/names.ts'
import { planOf } from './shared/changes/plan.ts'
import { noSuchPod } from './shared/changes/pod-names.ts'
import { isStateful, readTarget, type Target, workloadsOf } from './shared/changes/target.ts'
import { budgets, cutsConnections } from './shared/changes/warnings.ts'

export const podDelete = defineChange({
  name: 'pod delete',
  summary: 'Delete one pod; its workload makes another.',
  examples: ['pod delete orders-service-7d9f8b6c5-abcde'],
  args: z.object({ pod: podName }),
  positional: ['pod'],
  family: 'changes',
  role: 'member',

  async read({ pod: name }, ports, _ask, signal) {
    const pod = await workloadsOf(ports)
      .pod(name, signal)
      .catch(async (thrown: unknown) => {
        if (!(thrown instanceof UserError)) throw thrown
        throw await noSuchPod(name, ports, (one) => `pod delete ${one}`, signal)
      })
    return { pod, target: await targetOfPod(pod, ports, signal) }
  },

  plan: (_args, { pod, target }) => deletePlan(pod, target),
})

/** A pod of a Job, or of nobody, has no workload that can be read. */
async function targetOfPod(
  { workload }: PodFacts,
  ports: ReadPorts,
  signal: AbortSignal,
): Promise<Target | null> {
  if (workload === null) return null
  return readTarget(workload, ports, signal).catch((thrown: unknown) => {
    if (thrown instanceof UserError) return null
    throw thrown
  })
}

function deletePlan(pod: PodFacts, target: Target | null): Plan {
  const { ref, workload, alone, ready, node } = pod
  const stateful = target !== null && isStateful(target)
  return planOf({
    headline: `Delete the pod ${ref.name}`,
    target: workload ?? ref.name,
    steps: [{ kind: 'delete-pod', ref, workload }],
    workloads: target === null ? [] : [target.workload],
    lost: alone ? 1 : 0,
    warnings: [
      ...(alone ? [{ code: 'ALONE', text: `Nobody makes ${ref.name} again: it is gone for good.` }] : []),
      ...onlyOne(target),
      ...(stateful ? cutsConnections(target) : []),
      ...(target === null ? [] : budgets(target.workload, 'A deletion asks no disruption budget')),
    ],
    facts: [
      `It is ${ready ? 'ready' : 'not ready'}${node === null ? '' : ` on ${node}`}${workload === null ? '' : `, a pod of ${workload}`}.`,
    ],
    instead: stateful && workload !== null ? [`restart ${workload}`] : [],
    ...(target === null ? {} : { watch: [target.workload.ref] }),
  })
}

function onlyOne(target: Target | null): readonly Warning[] {
  if (target === null || target.workload.replicas !== 1 || target.workload.ref.kind === 'DaemonSet') return []
  const { name } = target.workload.ref
  return [
    {
      code: 'SINGLE_REPLICA',
      text: `It is the only pod of ${name}, which is away until its successor is ready.`,
    },
  ]
}
