import { isTrial, manifestOf } from './body.ts'
import type { Cluster } from './cluster.ts'
import { isReady } from './controllers/pod-status.ts'
import { deleteObject, deleteOptions } from './delete.ts'
import { type Exchange, json, type Reply } from './exchange.ts'
import { badRequest, methodNotAllowed, Refusal } from './failures.ts'
import { type Pod, valueAt } from './objects.ts'
import { BUDGETS, PODS } from './resources.ts'
import { selects } from './selectors.ts'
import type { DisruptionBudget } from './workloads.ts'

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' }

/** `pods/eviction`: a deletion that a disruption budget can forbid. */
export function evict(cluster: Cluster, pod: Pod, verb: string, exchange: Exchange): Reply {
  if (verb !== 'create') throw methodNotAllowed()
  const eviction = manifestOf(EVICTION, exchange.body)
  if (valueAt(eviction, ['metadata', 'name']) !== pod.metadata.name) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const given = eviction.deleteOptions
  const options = { ...deleteOptions(given, new URLSearchParams()), dryRun: isTrial(verb, exchange, given) }
  if (isReady(pod)) checkBudgets(cluster, pod, options.dryRun)
  deleteObject(cluster, PODS, pod, options)
  return json(
    201,
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }),
  )
}

/** Takes one of the disruptions that the budget of a pod allows; 429 when there is none left. */
function checkBudgets(cluster: Cluster, pod: Pod, dryRun: boolean): void {
  const budgets = budgetsOf(cluster, pod)
  if (budgets.length > 1) {
    throw new Refusal(
      500,
      'InternalError',
      'Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const [budget] = budgets
  if (budget === undefined) return
  const { status } = budget
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0 } = status ?? {}
  const observed = status?.observedGeneration === budget.metadata.generation
  if (disruptionsAllowed <= 0 || !observed) {
    const message = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
    throw new Refusal(
      429,
      'TooManyRequests',
      "Cannot evict pod as it would violate the pod's disruption budget.",
      { causes: [{ reason: 'DisruptionBudget', message }] },
    )
  }
  if (dryRun || status === undefined) return
  const left = { ...status, disruptionsAllowed: disruptionsAllowed - 1 }
  cluster.store.put(BUDGETS, { ...budget, status: left })
}

export function budgetsOf({ store }: Cluster, pod: Pod): readonly DisruptionBudget[] {
  const { namespace = null, labels } = pod.metadata
  return store.list(BUDGETS, namespace).filter(({ spec }) => selects(spec.selector, labels))
}
