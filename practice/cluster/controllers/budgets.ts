import type { Cluster } from '../cluster.ts'
import { type Condition, canonical, type Pod, timestamp } from '../objects.ts'
import { BUDGETS, PODS } from '../resources.ts'
import { selects } from '../selectors.ts'
import { keyOf } from '../store.ts'
import type { DisruptionBudget } from '../workloads.ts'
import { writeStatus } from '../writes.ts'
import { isReady } from './pod-status.ts'
import { runController } from './runner.ts'

/** Counts for each PodDisruptionBudget how many of its pods are well and how many may be missed. */
export function runBudgets(cluster: Cluster): () => void {
  const { store } = cluster
  return runController(cluster, {
    concerns({ object }) {
      const { namespace = '', name, labels } = object.metadata
      if (object.kind === 'PodDisruptionBudget') return [keyOf(namespace, name)]
      if (object.kind !== 'Pod') return []
      return store
        .list(BUDGETS, namespace)
        .filter(({ spec }) => selects(spec.selector, labels))
        .map(({ metadata }) => keyOf(metadata.namespace, metadata.name))
    },
    sync(namespace, name) {
      const budget = store.get(BUDGETS, namespace, name)
      if (budget) syncBudget(cluster, budget)
      return undefined
    },
  })
}

function syncBudget(cluster: Cluster, budget: DisruptionBudget): void {
  const { namespace = null, generation } = budget.metadata
  const pods = cluster.store.list(PODS, namespace).filter((pod) => counts(pod, budget))
  const healthy = pods.filter(isReady).length
  const wanted = desired(budget, pods.length)
  const allowed = pods.length > 0 ? Math.max(0, healthy - wanted) : 0
  const counted = {
    observedGeneration: generation,
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: wanted,
    expectedPods: pods.length,
  }
  const condition = conditionOf(budget, allowed > 0, timestamp(cluster.clock.now()))
  writeStatus(cluster, BUDGETS, budget, { ...counted, conditions: [condition] })
}

function counts({ metadata, status }: Pod, { spec }: DisruptionBudget): boolean {
  const lives = metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded'
  return lives && selects(spec.selector, metadata.labels)
}

/** How many must be well: `minAvailable`, or all but `maxUnavailable`; shares are of all pods, rounded up. */
function desired({ spec }: DisruptionBudget, expected: number): number {
  const share = (value: number | string) =>
    typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) / 100) * expected)
  if (spec.minAvailable !== undefined) return share(spec.minAvailable)
  return spec.maxUnavailable === undefined ? 0 : Math.max(0, expected - share(spec.maxUnavailable))
}

function conditionOf({ metadata, status }: DisruptionBudget, allows: boolean, at: string): Condition {
  const before = status?.conditions?.[0]
  const condition = {
    type: 'DisruptionAllowed',
    status: allows ? 'True' : 'False',
    observedGeneration: metadata.generation,
    lastTransitionTime: at,
    reason: allows ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  } as const
  if (before?.status !== condition.status) return condition
  const kept = { ...condition, lastTransitionTime: before.lastTransitionTime }
  return canonical(kept) === canonical(before) ? before : kept
}
