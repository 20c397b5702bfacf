import type { Cluster } from '../cluster.ts'
import { quantity } from '../consumption.ts'
import { type Condition, type Deployment, type Pod, timestamp } from '../objects.ts'
import { PODS } from '../resources.ts'
import { selects } from '../selectors.ts'
import type { Autoscaler } from '../workloads.ts'
import { isReady } from './pod-status.ts'

/** What the target's pods use of what they request, on average. */
export interface Load {
  /** Percent. */
  readonly utilization: number
  /** Cores. */
  readonly average: number
}

/** The load of a workload; null when there is nothing to measure. */
export function loadOf({ store, clock, consumption }: Cluster, target: Deployment): Load | null {
  const { namespace = null } = target.metadata
  const pods = store
    .list(PODS, namespace)
    .filter((pod) => selects(target.spec.selector, pod.metadata.labels) && isReady(pod))
  const requested = pods.reduce((sum, pod) => sum + requestOf(pod), 0)
  if (pods.length === 0 || requested === 0) return null
  const now = clock.now()
  const used = pods.reduce((sum, pod) => sum + consumption(pod, now).cpu, 0)
  return { utilization: Math.round((used / requested) * 100), average: used / pods.length }
}

const requestOf = ({ spec }: Pod) =>
  spec.containers.reduce((sum, { resources }) => sum + (quantity(resources?.requests?.cpu) ?? 0), 0)

export type Limit = 'TooFewReplicas' | 'TooManyReplicas' | null

/** What an autoscaler says of itself. */
export interface Verdict {
  readonly current: number
  readonly desired: number
  readonly load: Load | null
  readonly limited: Limit
  readonly rescaled: boolean
}

export function statusOf(autoscaler: Autoscaler, verdict: Verdict, now: Date) {
  const { current, desired, load, rescaled } = verdict
  const at = timestamp(now)
  const before = autoscaler.status
  const lastScaleTime = rescaled ? at : before?.lastScaleTime
  return {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentReplicas: current,
    desiredReplicas: desired,
    currentMetrics: load === null ? null : [metricOf(load)],
    conditions: conditionsOf(verdict).map((condition) => keep(before?.conditions, condition, at)),
  }
}

function metricOf({ utilization, average }: Load) {
  const averageValue = `${Math.round(average * 1000)}m`
  return {
    type: 'Resource',
    resource: { name: 'cpu', current: { averageUtilization: utilization, averageValue } },
  }
}

type Said = Omit<Condition, 'lastTransitionTime'>

function conditionsOf({ current, load, limited, rescaled, desired }: Verdict): Said[] {
  if (current === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero'
    return [ABLE, { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message }]
  }
  const able: Said = rescaled
    ? {
        ...ABLE,
        reason: 'SucceededRescale',
        message: `the HPA controller was able to update the target scale to ${desired}`,
      }
    : ABLE
  return [able, load === null ? UNMEASURED : MEASURED, limitedBy(limited)]
}

const ABLE: Said = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'ReadyForNewScale',
  message: 'recommended size matches current size',
}
const MEASURED: Said = {
  type: 'ScalingActive',
  status: 'True',
  reason: 'ValidMetricFound',
  message:
    'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
}
const UNMEASURED: Said = {
  type: 'ScalingActive',
  status: 'False',
  reason: 'FailedGetResourceMetric',
  message:
    'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
}

function limitedBy(limited: Limit): Said {
  if (limited === null) {
    const message = 'the desired count is within the acceptable range'
    return { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', message }
  }
  const bound = limited === 'TooManyReplicas' ? 'more than the maximum' : 'less than the minimum'
  const message = `the desired replica count is ${bound} replica count`
  return { type: 'ScalingLimited', status: 'True', reason: limited, message }
}

function keep(before: readonly Condition[] | undefined, condition: Said, at: string): Condition {
  const known = before?.find(({ type }) => type === condition.type)
  const since = known?.status === condition.status ? known.lastTransitionTime : at
  return { ...condition, lastTransitionTime: since }
}
