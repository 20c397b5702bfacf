import type { RawObject } from '../ports/objects.ts'
import { at, condition, count, list, text } from '../raw.ts'

/** What keeps a pod from being ready, in Kubernetes' own words. */
export interface PodTrouble {
  readonly pod: string
  /** `CrashLoopBackOff`, `ImagePullBackOff`, `OOMKilled`, `Unschedulable`, `NotReady`. */
  readonly reason: string
  readonly message: string | null
}

/** Steps of every start, not troubles. */
const STARTING = ['ContainerCreating', 'PodInitializing']

/** The worst trouble among pods that are not on their way out, so that a rollout that does not come about says why; null: none. */
export function worstTrouble(pods: readonly RawObject[]): PodTrouble | null {
  const troubles = pods.flatMap((pod) => troubleOf(pod) ?? [])
  return troubles.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}

/** A pod that merely is not ready says the least. */
function rank({ reason }: PodTrouble): number {
  return reason === 'NotReady' ? 1 : 0
}

function troubleOf(pod: RawObject): PodTrouble | null {
  if (at(pod, 'metadata', 'deletionTimestamp') !== undefined) return null
  const trouble = (reason: string, message: unknown) => ({
    pod: pod.metadata.name,
    reason,
    message: text(message),
  })
  const scheduled = condition(pod, 'PodScheduled')
  if (scheduled.status === 'False') {
    return trouble(text(scheduled.reason) ?? 'Unschedulable', scheduled.message)
  }
  for (const container of containersOf(pod)) {
    const found = containerTrouble(container)
    if (found !== null) return trouble(found.reason, found.message)
  }
  const ready = condition(pod, 'Ready')
  const finished = at(pod, 'status', 'phase') === 'Succeeded'
  return ready.status === 'True' || finished ? null : trouble('NotReady', ready.message)
}

function containersOf(pod: RawObject): readonly unknown[] {
  return [
    ...list(at(pod, 'status', 'initContainerStatuses')),
    ...list(at(pod, 'status', 'containerStatuses')),
  ]
}

function containerTrouble(status: unknown): { reason: string; message: string | null } | null {
  const waiting = text(at(status, 'state', 'waiting', 'reason'))
  if (waiting !== null && !STARTING.includes(waiting)) {
    return {
      reason: waiting,
      message: lastEnd(status) ?? text(at(status, 'state', 'waiting', 'message')),
    }
  }
  const ended = at(status, 'state', 'terminated')
  if (ended === undefined || count(at(ended, 'exitCode')) === 0) return null
  return {
    reason: text(at(ended, 'reason')) ?? 'Error',
    message: `exit code ${count(at(ended, 'exitCode'))}`,
  }
}

/** `OOMKilled, exit code 137`: why a container that is held back ended before. */
function lastEnd(status: unknown): string | null {
  const reason = text(at(status, 'lastState', 'terminated', 'reason'))
  return reason === null
    ? null
    : `${reason}, exit code ${count(at(status, 'lastState', 'terminated', 'exitCode'))}`
}
