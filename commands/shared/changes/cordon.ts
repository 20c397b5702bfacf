import type { Plan, Warning } from '../../../src/core/plan.ts'
import type { NodeFacts } from '../../../src/core/ports/workloads.ts'
import { nothingToDo, planOf } from './plan.ts'

/** Keeps new pods from a node, or lets them on it again. */
export function cordonPlan(node: NodeFacts, cordoned: boolean): Plan {
  const { name } = node.ref
  if (node.cordoned === cordoned) {
    return nothingToDo(
      cordoned ? `${name} takes no new pods already` : `${name} takes new pods already`,
      name,
    )
  }
  return planOf({
    headline: cordoned ? `Keep new pods from the node ${name}` : `Let new pods on the node ${name} again`,
    target: name,
    steps: [{ kind: 'cordon', ref: node.ref, cordoned }],
    warnings: cordoned ? nowhereElse(node) : [],
    facts: [
      ...(cordoned ? ['The pods that run there stay.'] : []),
      ...(node.ready ? [] : [`${name} is not ready now.`]),
    ],
  })
}

/** The guide's platform can run on one machine. */
export function nowhereElse({ ref, others }: NodeFacts): readonly Warning[] {
  if (others > 0) return []
  return [
    {
      code: 'NO_ROOM',
      text: `No node but ${ref.name} takes pods: every new one waits as Pending until one does.`,
    },
  ]
}
