import type { RawObject } from '../../core/ports/objects.ts'
import { at, count, moment } from '../../core/raw.ts'
import { worstTrouble } from '../../core/rollout/pods.ts'
import { rolloutStatus } from '../../core/rollout/status.ts'
import type { WorkloadKind } from '../../core/steps.ts'
import type { Live, Progress, Scene, StepOwner } from './kind.ts'

/** Kubernetes' own default of `progressDeadlineSeconds`. */
const DEADLINE_SECONDS = 600
/** The workload's own deadline comes first, so that its reason is what people read. */
const GRACE_SECONDS = 60

export const WORKLOAD_READS = { before: [], during: ['pods'] } as const

export function rolloutSeconds({ object }: Live): number {
  return count(at(object, 'spec', 'progressDeadlineSeconds'), DEADLINE_SECONDS) + GRACE_SECONDS
}

/** How far a rollout is, with the reason of the pods that keep it from its end. */
export function rolloutProgress(
  { object, pods }: Scene & { readonly object: RawObject },
  kind: WorkloadKind,
  { createdAt }: StepOwner,
): Progress {
  const { state, says } = rolloutStatus(object, kind)
  if (state === 'done') return { state, says: availability(object, kind) }
  const trouble = worstTrouble(newPods(pods, createdAt))
  if (trouble === null || trouble.reason === 'NotReady') return { state, says }
  const { pod, reason, message } = trouble
  const why = `pod ${pod}: ${reason}${message === null ? '' : ` (${message})`}`
  return { state, says: `${says.replace(/\.$/, '')}; ${why}` }
}

/** Old pods may be the reason for the change: only those made since count, as far as there are any. */
function newPods(pods: readonly RawObject[], since: string): readonly RawObject[] {
  // The API server keeps whole seconds.
  const from = Math.floor(Date.parse(since) / 1000) * 1000
  const young = pods.filter((pod) => {
    const made = moment(at(pod, 'metadata', 'creationTimestamp'))
    return made !== null && made.getTime() >= from
  })
  return young.length > 0 ? young : pods
}

/** What proves that it stands, once its controller has seen the change: `3 of 3 pods available`. */
function availability(object: RawObject, kind: WorkloadKind): string {
  const status = (name: string) => count(at(object, 'status', name))
  const wanted =
    kind === 'DaemonSet' ? status('desiredNumberScheduled') : count(at(object, 'spec', 'replicas'), 1)
  const available = kind === 'DaemonSet' ? status('numberAvailable') : availableOf(object)
  const pods = wanted === 1 ? 'pod' : 'pods'
  return `${available} of ${wanted} ${pods} available`
}

/** A StatefulSet of an old API server says only how many are ready. */
function availableOf(object: RawObject): number {
  return count(at(object, 'status', 'availableReplicas'), count(at(object, 'status', 'readyReplicas')))
}
