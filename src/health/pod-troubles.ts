import { duration } from '../blocks/format.ts'
import type { ContainerState, Pod } from '../core/ports/cluster.ts'
import type { Thresholds } from '../platform.ts'
import { lineFor, type Problem, problemAt, type Severity, threshold } from './problems.ts'

/** A problem of one pod, with a short word for counting and comparing (`crash loop`, `pending`, …). */
export interface Trouble extends Problem {
  readonly kind: string
  readonly container?: string
}

const HOUR_S = 3600
/** A crash this recent in a container that is not ready belongs to a loop, also in the seconds in which it runs again. */
const LOOP_S = 600
/** A pod that is still there this long after its end was due is stuck. */
const STUCK_S = 300
/** Schedulers can say more than anybody reads on a phone. */
const CAUSE_LENGTH = 120

const IMAGE_REASONS = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
])
const START_REASONS = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
])

/** Everything that is wrong with one pod, worst first within its kind; empty for nearly all pods. */
export function troublesOf(
  pod: Pod,
  now: Date,
  levels: Thresholds,
  restartsLastHour: number | null,
): Trouble[] {
  const since = (date: Date) => (now.getTime() - date.getTime()) / 1000
  if (pod.deletedAt !== null) return stuck(pod, since(pod.deletedAt))
  if (pod.phase === 'Succeeded') return []
  if (pod.phase === 'Failed') return [fault(pod, 'failed', 'warning', `failed${because(pod)}`, 'events')]
  const containers = pod.containers.flatMap((container) => containerTroubles(pod, container, since))
  if (containers.some((trouble) => trouble.status === 'critical')) return containers
  if (pod.phase === 'Pending') return [...containers, ...pending(pod, since(pod.createdAt), levels)]
  const restarts = manyRestarts(pod, restartsLastHour, levels)
  return pod.ready
    ? [...containers, ...restarts]
    : [...containers, ...restarts, ...notReady(pod, since, levels)]
}

/** Whether a pod without troubles is on its way up, so that it counts as neither ready nor broken. */
export function isStarting(pod: Pod): boolean {
  return !pod.ready && pod.deletedAt === null && (pod.phase === 'Pending' || pod.phase === 'Running')
}

function containerTroubles(pod: Pod, container: ContainerState, since: (date: Date) => number): Trouble[] {
  const { reason, last } = container
  const named = pod.containers.length > 1 ? ` in ${container.name}` : ''
  const about = { container: container.name }
  if (reason !== null && IMAGE_REASONS.has(reason)) {
    const text = `image ${container.image} cannot be pulled${named} (${reason})`
    return [{ ...fault(pod, 'image', 'critical', text, 'events'), ...about }]
  }
  if (reason !== null && START_REASONS.has(reason)) {
    return [
      {
        ...fault(pod, 'start', 'critical', `the container cannot be started${named} (${reason})`, 'events'),
        ...about,
      },
    ]
  }
  if (crashes(container, since)) {
    const loop = container.restarts > 0 || reason === 'CrashLoopBackOff'
    const text = loop
      ? `crash loop${named} (${lastEnd(container)}), ${restartsText(container.restarts)}`
      : `crashed${named} (${lastEnd(container)})`
    return [{ ...fault(pod, 'crash loop', 'critical', text, 'previous'), ...about }]
  }
  if (last?.reason === 'OOMKilled' && last.finishedAt && since(last.finishedAt) < HOUR_S) {
    const text = `killed for memory${named} ${duration(since(last.finishedAt))} ago (OOMKilled)`
    return [{ ...fault(pod, 'OOM kill', 'warning', text, 'top'), ...about }]
  }
  return []
}

function crashes(container: ContainerState, since: (date: Date) => number): boolean {
  if (container.reason === 'CrashLoopBackOff') return true
  if (container.state === 'terminated') return container.reason !== 'Completed'
  const finishedAt = container.last?.finishedAt
  return !container.ready && container.restarts >= 2 && !!finishedAt && since(finishedAt) < LOOP_S
}

function lastEnd({ state, reason, last }: ContainerState): string {
  if (last) return `${last.reason}, exit code ${last.exitCode}`
  return state === 'terminated' && reason ? reason : 'it has not said why'
}

function restartsText(restarts: number): string {
  return restarts === 1 ? '1 restart' : `${restarts} restarts`
}

function pending(pod: Pod, seconds: number, levels: Thresholds): Trouble[] {
  return problemAt(seconds / 60, levels.pendingMinutes, {
    unit: 'min',
    reason: `pending for ${duration(seconds)}${because(pod)}`,
    next: next(pod, 'events'),
  }).map((problem) => ({ ...problem, kind: 'pending' }))
}

/**
 * A pod gets `notReadyMinutes.warning` to start. After that, not being ready is a warning at once, however short, and
 * critical when it has lasted for `notReadyMinutes.critical`.
 */
function notReady(pod: Pod, since: (date: Date) => number, levels: Thresholds): Trouble[] {
  const ends = pod.containers.flatMap(({ last }) => (last?.finishedAt ? [last.finishedAt.getTime()] : []))
  const startedAt = new Date(Math.max(pod.createdAt.getTime(), ...ends))
  const minutes = since(pod.readyChangedAt ?? startedAt) / 60
  if (since(pod.createdAt) / 60 < levels.notReadyMinutes.warning) return []
  const status: Severity = minutes >= levels.notReadyMinutes.critical ? 'critical' : 'warning'
  const text = `not ready for ${duration(minutes * 60)}${because(pod)}`
  return [
    { ...fault(pod, 'not ready', status, text, 'logs'), threshold: threshold(levels.notReadyMinutes, 'min') },
  ]
}

function manyRestarts(pod: Pod, restarts: number | null, levels: Thresholds): Trouble[] {
  return problemAt(restarts, levels.restartsPerHour, {
    unit: 'restarts/h',
    reason: `${restartsText(Math.round(restarts ?? 0))} in the last hour`,
    next: next(pod, 'previous'),
  }).map((problem) => ({ ...problem, kind: 'restarts' }))
}

function stuck(pod: Pod, seconds: number): Trouble[] {
  if (seconds < STUCK_S) return []
  return [
    fault(pod, 'stuck', 'warning', `still there ${duration(seconds)} after its deletion was due`, 'events'),
  ]
}

/** What the API server gives as the cause, unless it only says the same again. */
function because({ reason }: Pod): string {
  if (reason === null || reason.startsWith('ContainersNotReady')) return ''
  return ` (${[...reason].length > CAUSE_LENGTH ? `${[...reason].slice(0, CAUSE_LENGTH).join('')}…` : reason})`
}

type Step = 'previous' | 'logs' | 'events' | 'top'

function fault(pod: Pod, kind: string, status: Severity, reason: string, step: Step): Trouble {
  return { kind, status, reason, next: next(pod, step) }
}

function next(pod: Pod, step: Step): string | undefined {
  const lines: Record<Step, (workload: string) => string> = {
    previous: (workload) => `logs ${workload} --since 1h --previous`,
    logs: (workload) => `logs ${workload} --since 15m`,
    events: (workload) => `events ${workload}`,
    top: (workload) => `top ${workload}`,
  }
  return lineFor(pod.workload, lines[step])
}
