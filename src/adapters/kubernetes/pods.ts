import type { ContainerState, Pod } from '../../core/ports/cluster.ts'
import { at, because, condition, count, identity, label, list, moment, record, text } from '../../core/raw.ts'
import { quantity } from './quantity.ts'
import { workloadOf } from './workload.ts'

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const

/** One pod as the API server tells it, in Bakery's words; null when it has no identity. */
export function projectPod(raw: unknown): Pod | null {
  const who = identity(raw)
  if (who === null) return null
  const phase = PHASES.find((known) => known === at(raw, 'status', 'phase')) ?? 'Unknown'
  const ready = condition(raw, 'Ready').status === 'True'
  return Object.freeze({
    ...who,
    workload: workloadOf(raw),
    component: label(raw, 'app.kubernetes.io/component'),
    node: text(at(raw, 'spec', 'nodeName')),
    phase,
    ready,
    reason: ready || phase === 'Succeeded' ? null : reasonOf(raw),
    readyChangedAt: moment(condition(raw, 'Ready').lastTransitionTime),
    deletedAt: moment(at(raw, 'metadata', 'deletionTimestamp')),
    containers: Object.freeze([
      ...containers(raw, 'initContainers', 'initContainerStatuses'),
      ...containers(raw, 'containers', 'containerStatuses'),
    ]),
  })
}

/** The pod's own reason (`Evicted`), else why it has no node, else why it is not ready. */
function reasonOf(raw: unknown): string | null {
  const own = because(at(raw, 'status', 'reason'), at(raw, 'status', 'message'))
  if (own !== null) return own
  const scheduled = condition(raw, 'PodScheduled')
  if (scheduled.status === 'False') return because(scheduled.reason, scheduled.message)
  const ready = condition(raw, 'Ready')
  return because(ready.reason, ready.message)
}

function containers(raw: unknown, specKey: string, statusKey: string): ContainerState[] {
  const statuses = new Map(list(at(raw, 'status', statusKey)).map((status) => [at(status, 'name'), status]))
  return list(at(raw, 'spec', specKey)).flatMap((spec) => {
    const name = text(at(spec, 'name'))
    if (name === null) return []
    // An init container that restarts always is a sidecar: it runs beside the others for the pod's whole life.
    const sidecar = at(spec, 'restartPolicy') === 'Always'
    return [container(name, spec, statuses.get(name), specKey === 'initContainers' && !sidecar)]
  })
}

function container(name: string, spec: unknown, status: unknown, init: boolean): ContainerState {
  const limits = at(spec, 'resources', 'limits')
  return Object.freeze({
    name,
    image: text(at(spec, 'image')) ?? text(at(status, 'image')) ?? '',
    ready: at(status, 'ready') === true,
    restarts: count(at(status, 'restartCount')),
    ...present(status),
    last: lastEnd(at(status, 'lastState', 'terminated')),
    limits: Object.freeze({ cpu: quantity(at(limits, 'cpu')), memory: quantity(at(limits, 'memory')) }),
    init,
  })
}

/** A container without a status has not been tried yet, which is waiting. */
function present(status: unknown): Pick<ContainerState, 'state' | 'reason' | 'message'> {
  if (status === undefined) return { state: 'waiting', reason: null, message: null }
  const states = record(at(status, 'state'))
  for (const state of ['running', 'waiting', 'terminated'] as const) {
    const detail = states[state]
    if (typeof detail !== 'object' || detail === null) continue
    return { state, reason: text(at(detail, 'reason')), message: text(at(detail, 'message')) }
  }
  return { state: 'unknown', reason: null, message: null }
}

function lastEnd(terminated: unknown): ContainerState['last'] {
  if (typeof terminated !== 'object' || terminated === null) return null
  return Object.freeze({
    reason: text(at(terminated, 'reason')) ?? 'Unknown',
    exitCode: count(at(terminated, 'exitCode')),
    finishedAt: moment(at(terminated, 'finishedAt')),
  })
}
