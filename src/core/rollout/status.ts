import type { RawObject } from '../ports/objects.ts'
import { at, condition, count, text } from '../raw.ts'

/** How far a workload is with what it was told to be. */
export interface RolloutStatus {
  /** `failed` does not get better by waiting. */
  readonly state: 'waiting' | 'done' | 'failed'
  /** Kubernetes' own word where it has one (`ProgressDeadlineExceeded`, `ReplicaFailure`, `DeploymentPaused`), else null. */
  readonly reason: string | null
  /** A sentence without its full stop: `2 of 3 new pods are ready`. */
  readonly says: string
}

/**
 * What `kubectl rollout status` makes of the object, in its order, and more where kubectl would wait for ever: a Deployment
 * that is paused, or whose pods the API server refuses. StatefulSets and DaemonSets have no deadline of their own: whoever
 * waits keeps the time. Source: kubectl's rollout_status.go.
 */
export function rolloutStatus(
  workload: RawObject,
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
): RolloutStatus {
  switch (kind) {
    case 'Deployment':
      return deploymentStatus(workload)
    case 'StatefulSet':
      return statefulSetStatus(workload)
    case 'DaemonSet':
      return daemonSetStatus(workload)
  }
}

function deploymentStatus(deployment: RawObject): RolloutStatus {
  if (isBehind(deployment)) return notSeenYet
  const progressing = condition(deployment, 'Progressing')
  const refused = condition(deployment, 'ReplicaFailure')
  const because = refused.status === 'True' ? (text(refused.message) ?? 'pods cannot be made') : null
  if (progressing.reason === 'ProgressDeadlineExceeded') {
    return failed(
      'ProgressDeadlineExceeded',
      because ?? text(progressing.message) ?? 'it made no progress in time',
    )
  }
  const progress = deploymentProgress(deployment)
  if (progress.done) return done(progress.says)
  if (at(deployment, 'spec', 'paused') === true && progress.held) {
    return failed('DeploymentPaused', 'the rollout is paused: nothing goes on until it is resumed')
  }
  if (because !== null) return waiting(`${progress.says}: ${because}`, 'ReplicaFailure')
  return waiting(progress.says)
}

/** `held`: what is missing is made by the rollout alone, which a pause stops. */
function deploymentProgress(deployment: RawObject): { done: boolean; held: boolean; says: string } {
  const wanted = count(at(deployment, 'spec', 'replicas'), 1)
  const updated = number(deployment, 'updatedReplicas')
  const all = number(deployment, 'replicas')
  const available = number(deployment, 'availableReplicas')
  if (updated < wanted) {
    return { done: false, held: true, says: `${updated} of ${pods(wanted, 'new')} ${are(wanted)} made` }
  }
  if (all > updated) {
    return {
      done: false,
      held: true,
      says: `${pods(all - updated, 'old')} ${are(all - updated)} still to end`,
    }
  }
  const says = `${available} of ${pods(updated, 'new')} ${are(updated)} available`
  return { done: available >= updated, held: false, says }
}

function statefulSetStatus(set: RawObject): RolloutStatus {
  if (onDelete(set)) return changesWhenDeleted
  if (number(set, 'observedGeneration') === 0 || isBehind(set)) return notSeenYet
  const wanted = count(at(set, 'spec', 'replicas'), 1)
  const ready = number(set, 'readyReplicas')
  if (ready < wanted) return waiting(`${ready} of ${pods(wanted)} ${are(wanted)} ready`)
  const updated = number(set, 'updatedReplicas')
  const partition = at(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (partition !== undefined) {
    const target = Math.max(0, wanted - count(partition))
    const says = `${updated} of ${pods(target, 'new')} ${are(target)} there`
    return updated < target ? waiting(says) : done(says)
  }
  const says = `${pods(updated, 'new')} ${are(updated)} there`
  return at(set, 'status', 'updateRevision') === at(set, 'status', 'currentRevision')
    ? done(says)
    : waiting(says)
}

function daemonSetStatus(set: RawObject): RolloutStatus {
  if (onDelete(set)) return changesWhenDeleted
  if (isBehind(set)) return notSeenYet
  const wanted = number(set, 'desiredNumberScheduled')
  const updated = number(set, 'updatedNumberScheduled')
  const available = number(set, 'numberAvailable')
  if (updated < wanted) return waiting(`${updated} of ${pods(wanted, 'new')} ${are(wanted)} made`)
  const says = `${available} of ${pods(wanted)} ${are(wanted)} available`
  return available < wanted ? waiting(says) : done(says)
}

/** The controller has not looked at the present specification yet. */
function isBehind(workload: RawObject): boolean {
  return count(at(workload, 'metadata', 'generation')) > number(workload, 'observedGeneration')
}

/** With this strategy pods change only when somebody deletes them: there is nothing to wait for. */
function onDelete(workload: RawObject): boolean {
  return at(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete'
}

const number = (workload: RawObject, name: string) => count(at(workload, 'status', name))
const pods = (many: number, which = '') =>
  `${many} ${which === '' ? '' : `${which} `}${many === 1 ? 'pod' : 'pods'}`
const are = (many: number) => (many === 1 ? 'is' : 'are')

const waiting = (says: string, reason: string | null = null): RolloutStatus => ({
  state: 'waiting',
  reason,
  says,
})
const done = (says: string, reason: string | null = null): RolloutStatus => ({ state: 'done', reason, says })
const failed = (reason: string, says: string): RolloutStatus => ({ state: 'failed', reason, says })
const notSeenYet = waiting('its controller has not seen the change yet')
const changesWhenDeleted = done('its pods change only when they are deleted', 'OnDelete')
