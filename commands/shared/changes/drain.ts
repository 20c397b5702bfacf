import { count } from '../../../src/blocks/builders.ts'
import type { Plan, Warning } from '../../../src/core/plan.ts'
import { STATEFUL } from '../../../src/core/policy.ts'
import type { NodeFacts, NodePod } from '../../../src/core/ports/workloads.ts'
import type { Step } from '../../../src/core/steps.ts'
import { cordonPlan, nowhereElse } from './cordon.ts'
import { planOf, stopped } from './plan.ts'
import { budgets } from './warnings.ts'

export interface DrainArguments {
  readonly force: boolean
  readonly loseData: boolean
}

/** `single`: workloads with one pod. What keeps state leaves last, so that its clients have moved already. */
export function drainPlan(args: DrainArguments, node: NodeFacts, single: readonly string[]): Plan {
  const { name } = node.ref
  const leaving = node.pods.filter(({ stays }) => stays === null).toSorted((a, b) => order(a) - order(b))
  const refused = [...orphans(leaving, args), ...losers(leaving, args)]
  if (refused.length > 0)
    return stopped(`${name} cannot be drained like this`, name, refused, flagsFor(refused))
  if (leaving.length === 0) return emptied(node)
  const cordon: readonly Step[] = node.cordoned ? [] : [{ kind: 'cordon', ref: node.ref, cordoned: true }]
  return planOf({
    headline: `Drain the node ${name}: ${count(leaving.length, 'pod')} ${leaving.length === 1 ? 'leaves' : 'leave'}`,
    target: name,
    steps: [
      ...cordon,
      ...leaving.map((pod): Step => ({ kind: 'evict', ref: pod.ref, node: name, workload: pod.workload })),
    ],
    lost: leaving.filter(({ alone }) => alone).length,
    warnings: [
      ...nowhereElse(node),
      ...budgets(
        { budgets: distinct(leaving.flatMap((pod) => pod.budgets)) },
        'It waits until they allow it',
      ),
      ...statefulLeave(leaving),
      ...singles(leaving, single),
      ...lossesTaken(leaving),
      ...unseen(node),
    ],
    facts: [...staying(node), `It is let in again with “node uncordon ${name}”.`],
  })
}

function emptied(node: NodeFacts): Plan {
  const { name } = node.ref
  const plan = cordonPlan(node, true)
  return {
    ...plan,
    headline: `No pod has to leave ${name}${plan.steps.length > 0 ? '; keep new ones from it' : ''}`,
  }
}

/** The account that looks may see the platform's namespace only. */
function unseen({ everywhere, ref }: NodeFacts): readonly Warning[] {
  if (everywhere) return []
  const text = `Pods of other namespaces may be on ${ref.name}: Bakery cannot see them, and they stay.`
  return [{ code: 'UNSEEN', text }]
}

function order({ component }: NodePod): number {
  return STATEFUL.indexOf(component ?? '') === -1 ? 0 : STATEFUL.length - STATEFUL.indexOf(component ?? '')
}

function orphans(leaving: readonly NodePod[], { force }: DrainArguments): readonly Warning[] {
  const alone = leaving.filter((pod) => pod.alone)
  if (force || alone.length === 0) return []
  return [{ code: 'ALONE', text: `Nobody makes ${namesOf(alone)} again. --force takes them anyway.` }]
}

function losers(leaving: readonly NodePod[], { loseData }: DrainArguments): readonly Warning[] {
  const losing = leaving.filter((pod) => pod.losesData)
  if (loseData || losing.length === 0) return []
  return [
    {
      code: 'LOSES_DATA',
      text: `${namesOf(losing)} ${losing.length === 1 ? 'keeps' : 'keep'} data on the node itself (emptyDir). --lose-data gives it up.`,
    },
  ]
}

function flagsFor(refused: readonly Warning[]): readonly string[] {
  const flags = refused.map(({ code }) => (code === 'ALONE' ? '--force' : '--lose-data'))
  return [flags.join(' ')]
}

function lossesTaken(leaving: readonly NodePod[]): readonly Warning[] {
  const alone = leaving.filter((pod) => pod.alone)
  const losing = leaving.filter((pod) => pod.losesData)
  return [
    ...(alone.length === 0 ? [] : [{ code: 'ALONE', text: `Gone for good: ${namesOf(alone)}.` }]),
    ...(losing.length === 0
      ? []
      : [{ code: 'LOSES_DATA', text: `What they keep on the node is gone for good: ${namesOf(losing)}.` }]),
  ]
}

function statefulLeave(leaving: readonly NodePod[]): readonly Warning[] {
  const stateful = leaving.filter(({ component }) => STATEFUL.includes(component ?? ''))
  if (stateful.length === 0) return []
  const text = `Every connection to ${namesOf(stateful)} is cut when it leaves, and its volume has to follow it to another node.`
  return [{ code: 'CUTS_CONNECTIONS', text }]
}

function singles(leaving: readonly NodePod[], single: readonly string[]): readonly Warning[] {
  const only = leaving.filter(({ workload }) => workload !== null && single.includes(workload))
  if (only.length === 0) return []
  const text = `Each the only pod of its workload, which is away until its successor is ready: ${namesOf(only)}.`
  return [{ code: 'SINGLE_REPLICA', text }]
}

function staying({ pods }: NodeFacts): readonly string[] {
  const stay = pods.filter(({ stays }) => stays !== null)
  if (stay.length === 0) return []
  const reasons = [...new Set(stay.map(({ stays }) => stays ?? ''))].sort().join(', ')
  return [`${count(stay.length, 'pod')} ${stay.length === 1 ? 'stays' : 'stay'} (${reasons}).`]
}

function distinct<B extends { readonly name: string }>(all: readonly B[]): readonly B[] {
  return [...new Map(all.map((one) => [one.name, one])).values()]
}

const MOST_NAMED = 12

function namesOf(pods: readonly NodePod[]): string {
  const names = [...new Set(pods.map(({ workload, ref }) => workload ?? ref.name))]
  const left = names.length - MOST_NAMED
  return `${names.slice(0, MOST_NAMED).join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}
