import type { ContainerState, Pod } from '../../src/core/ports/cluster.ts'

/** What to call a pod's state in at most ten characters, so that a phone shows it whole. */
const SHORT: Readonly<Record<string, string>> = {
  CrashLoopBackOff: 'crash loop',
  ImagePullBackOff: 'no image',
  ErrImagePull: 'no image',
  InvalidImageName: 'bad image',
  CreateContainerConfigError: 'bad config',
  CreateContainerError: 'no start',
  RunContainerError: 'no start',
  OOMKilled: 'OOM killed',
  ContainerCreating: 'starting',
  PodInitializing: 'starting',
}

const RECENT_MS = 3_600_000

/** The state as an operator would say it: the worst container's reason, else the pod's own. */
export function podState(pod: Pod): string {
  if (pod.deletedAt) return 'ending'
  const [stopped] = pod.containers.filter(isStopped)
  if (stopped?.reason) return SHORT[stopped.reason] ?? stopped.reason
  if (pod.phase === 'Succeeded') return 'completed'
  if (pod.phase !== 'Running') return pod.phase.toLowerCase()
  return pod.ready ? 'ready' : 'not ready'
}

/** Whether somebody should look at it: not ready and not on its way out, or ended within the last hour. */
export function hasProblem(pod: Pod, now: Date): boolean {
  if (pod.phase === 'Succeeded' || pod.deletedAt) return false
  if (!pod.ready || pod.phase !== 'Running') return true
  return pod.containers.some(({ last }) => {
    const finishedAt = last?.finishedAt
    return !!finishedAt && now.getTime() - finishedAt.getTime() < RECENT_MS
  })
}

export function restartsOf(pod: Pod): number {
  return pod.containers.reduce((sum, container) => sum + container.restarts, 0)
}

/** `1/2`: containers that are ready, of those that run for the pod's whole life. */
export function readyOf(pod: Pod): string {
  const lasting = pod.containers.filter((container) => !container.init)
  return `${lasting.filter((container) => container.ready).length}/${lasting.length}`
}

function isStopped({ state, reason }: ContainerState): boolean {
  return reason !== null && reason !== 'Completed' && (state === 'waiting' || state === 'terminated')
}
