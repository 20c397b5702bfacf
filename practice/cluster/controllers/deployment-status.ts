import { type Condition, type Deployment, type ReplicaSet, timestamp } from '../objects.ts'
import { available, boundsOf, sum } from './rollout.ts'

/** What the deployment controller says about a Deployment and its ReplicaSets. Pure. */
export function deploymentStatus(
  deployment: Deployment,
  fresh: ReplicaSet | null,
  sets: readonly ReplicaSet[],
  now: Date,
) {
  const { replicas: wanted } = deployment.spec
  const total = sum(sets, ({ status }) => status?.replicas ?? 0)
  const ready = sum(sets, ({ status }) => status?.readyReplicas ?? 0)
  const usable = sum(sets, available)
  const updated = fresh?.status?.replicas ?? 0
  const missing = Math.max(0, total - usable)
  const counts = {
    ...(total === 0 ? {} : { replicas: total }),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(usable === 0 ? {} : { availableReplicas: usable }),
    ...(missing === 0 ? {} : { unavailableReplicas: missing }),
    terminatingReplicas: sum(sets, ({ status }) => status?.terminatingReplicas ?? 0),
  }
  const enough = usable >= wanted - boundsOf(deployment).unavailable
  const done = updated === wanted && total === wanted && usable === wanted
  const at = timestamp(now)
  const conditions = [
    keep(deployment, availability(enough, at)),
    progress(deployment, fresh, { done, counts, now }),
    ...failures(sets),
  ]
  return { observedGeneration: deployment.metadata.generation, ...counts, conditions }
}

/** Pods that could not be made, for instance by a quota: what the ReplicaSets say of it. */
function failures(sets: readonly ReplicaSet[]): Condition[] {
  const found = sets.flatMap(({ status }) => status?.conditions ?? [])
  const failure = found.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  return failure ? [{ ...failure, lastUpdateTime: failure.lastTransitionTime }] : []
}

function conditionOf({ status }: Deployment, wanted: string): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === wanted)
}

/** Keeps the times of a condition that says the same as before. */
function keep(deployment: Deployment, condition: Condition): Condition {
  const before = conditionOf(deployment, condition.type)
  if (before?.status !== condition.status) return condition
  if (before.reason === condition.reason && before.message === condition.message) return before
  return { ...condition, lastTransitionTime: before.lastTransitionTime }
}

function availability(enough: boolean, at: string): Condition {
  const times = { lastUpdateTime: at, lastTransitionTime: at }
  return {
    type: 'Available',
    status: enough ? 'True' : 'False',
    ...times,
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
  }
}

interface Progress {
  readonly done: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly now: Date
}

function progress(
  deployment: Deployment,
  fresh: ReplicaSet | null,
  { done, counts, now }: Progress,
): Condition {
  const at = timestamp(now)
  const set = `ReplicaSet "${fresh?.metadata.name ?? ''}"`
  const before = conditionOf(deployment, 'Progressing')
  const say = (status: Condition['status'], reason: string, message: string) =>
    keep(deployment, {
      type: 'Progressing',
      status,
      lastUpdateTime: at,
      lastTransitionTime: at,
      reason,
      message,
    })

  if (deployment.spec.paused === true) return say('Unknown', 'DeploymentPaused', 'Deployment is paused')
  if (done) return say('True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`)
  const moved = Object.entries(counts).some(([key, value]) => (deployment.status?.[key] ?? 0) !== value)
  const observed = deployment.status?.observedGeneration === deployment.metadata.generation
  const since = new Date(before?.lastUpdateTime ?? at).getTime()
  const late = now.getTime() - since > deployment.spec.progressDeadlineSeconds * 1000
  if (!moved && observed && before?.reason === 'ProgressDeadlineExceeded') return before
  if (!moved && observed && late && before?.reason !== 'NewReplicaSetAvailable') {
    return say('False', 'ProgressDeadlineExceeded', `${set} has timed out progressing.`)
  }
  if (!moved && before?.message === `${set} is progressing.`) return before
  const updating = { reason: 'ReplicaSetUpdated', message: `${set} is progressing.` }
  const fields = { type: 'Progressing', status: 'True', lastUpdateTime: at, ...updating } as const
  const sameStatus = before?.status === 'True'
  return { ...fields, lastTransitionTime: sameStatus ? before.lastTransitionTime : at }
}
