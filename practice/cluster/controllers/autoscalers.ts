import type { Cluster } from '../cluster.ts'
import type { Deployment } from '../objects.ts'
import { AUTOSCALERS, DEPLOYMENTS, type Resource, STATEFULSETS } from '../resources.ts'
import { keyOf } from '../store.ts'
import type { Autoscaler } from '../workloads.ts'
import { replaceObject, writeStatus } from '../writes.ts'
import { type Limit, loadOf, statusOf } from './autoscaler-status.ts'
import { emit } from './events.ts'

/** How often each autoscaler looks. */
const PERIOD_MS = 15_000
/** For how long the highest recommendation stands before fewer replicas are wanted. */
const STABLE_MS = 300_000
/** How far the load may be from its target before anything is done. */
const TOLERANCE = 0.1
const FROM = 'horizontal-pod-autoscaler'
const MANAGER = { name: 'kube-controller-manager', operation: 'Update', subresource: 'scale' } as const

interface Recommendation {
  readonly at: number
  readonly replicas: number
}

/** Every 15 s each autoscaler sets its target to what the load asks for, and in any case within its bounds. */
export function runAutoscalers(cluster: Cluster): () => void {
  const history = new Map<string, readonly Recommendation[]>()
  let cancel = () => {}
  const look = () => {
    for (const autoscaler of cluster.store.list(AUTOSCALERS)) syncAutoscaler(cluster, autoscaler, history)
    cancel = cluster.clock.after(PERIOD_MS, look)
  }
  cancel = cluster.clock.after(PERIOD_MS, look)
  return () => cancel()
}

function syncAutoscaler(
  cluster: Cluster,
  autoscaler: Autoscaler,
  history: Map<string, readonly Recommendation[]>,
): void {
  const { namespace = '', name } = autoscaler.metadata
  const { kind, name: target } = autoscaler.spec.scaleTargetRef
  const resource = kind === 'StatefulSet' ? STATEFULSETS : DEPLOYMENTS
  const found = cluster.store.get(resource as Resource<Deployment>, namespace, target)
  if (!found) return
  const load = loadOf(cluster, found)
  const current = found.spec.replicas
  const now = cluster.clock.now()
  const asked = current === 0 ? 0 : recommend(autoscaler, current, load?.utilization ?? null)
  const key = keyOf(namespace, name)
  const stable = stabilise(history, key, { at: now.getTime(), replicas: asked })
  const { desired, limited } =
    current === 0 ? { desired: 0, limited: null } : bound(autoscaler, current, stable)
  const rescaled = desired !== current
  if (rescaled) rescale(cluster, autoscaler, resource as Resource<Deployment>, found, desired)
  writeStatus(
    cluster,
    AUTOSCALERS,
    autoscaler,
    statusOf(autoscaler, { current, desired, load, limited, rescaled }, now),
  )
}

/** How many replicas would bring the load to its target. */
function recommend({ spec }: Autoscaler, current: number, utilization: number | null): number {
  const target = spec.metrics?.[0]?.resource?.target.averageUtilization
  if (utilization === null || target === undefined) return current
  const ratio = utilization / target
  return Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(current * ratio)
}

/** The highest recommendation of the last minutes: load that comes and goes does not stop pods. */
function stabilise(
  history: Map<string, readonly Recommendation[]>,
  key: string,
  recommendation: Recommendation,
): number {
  const known = history.get(key) ?? []
  const recent = [...known.filter(({ at }) => recommendation.at - at < STABLE_MS), recommendation]
  history.set(key, recent)
  return Math.max(...recent.map(({ replicas }) => replicas))
}

function bound({ spec }: Autoscaler, current: number, wanted: number): { desired: number; limited: Limit } {
  const { minReplicas, maxReplicas } = spec
  if (current > maxReplicas || wanted > maxReplicas)
    return { desired: maxReplicas, limited: 'TooManyReplicas' }
  if (current < minReplicas || wanted < minReplicas)
    return { desired: minReplicas, limited: 'TooFewReplicas' }
  return { desired: wanted, limited: null }
}

function rescale(
  cluster: Cluster,
  autoscaler: Autoscaler,
  resource: Resource<Deployment>,
  target: Deployment,
  replicas: number,
): void {
  const { maxReplicas, minReplicas } = autoscaler.spec
  const current = target.spec.replicas
  const spec = { ...target.spec, replicas }
  replaceObject(cluster, resource, target, { ...target, spec }, { manager: MANAGER })
  const outside =
    current > maxReplicas
      ? 'Current number of replicas above Spec.MaxReplicas'
      : current < minReplicas
        ? 'Current number of replicas below Spec.MinReplicas'
        : null
  const within =
    current > replicas
      ? 'All metrics below target'
      : 'cpu resource utilization (percentage of request) above target'
  const message = `New size: ${replicas}; reason: ${outside ?? within}`
  emit(cluster, autoscaler, { type: 'Normal', reason: 'SuccessfulRescale', message, from: FROM })
}
