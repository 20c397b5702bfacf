import type { Deployment } from '../../core/ports/cluster.ts'
import { at, condition, count, identity, label, list, text } from '../../core/raw.ts'

type Numbers = Pick<Deployment, 'desired' | 'ready' | 'available' | 'updated'>

/** While the controller rolls, and not any more once it said `NewReplicaSetAvailable`. */
const UNDER_WAY = ['NewReplicaSetCreated', 'FoundNewReplicaSet', 'ReplicaSetUpdated']

export function projectDeployment(raw: unknown): Deployment | null {
  const desired = count(at(raw, 'spec', 'replicas'), 1)
  const updated = count(at(raw, 'status', 'updatedReplicas'))
  const paused = at(raw, 'spec', 'paused') === true
  const failure = deploymentFailure(raw)
  const progressing = text(condition(raw, 'Progressing').reason) ?? ''
  const behind = isBehind(raw) || updated < desired || count(at(raw, 'status', 'replicas')) > updated
  return workload(raw, 'Deployment', {
    ...{ desired, updated, paused, failure },
    ready: count(at(raw, 'status', 'readyReplicas')),
    available: count(at(raw, 'status', 'availableReplicas')),
    rolling: !paused && failure === null && (behind || UNDER_WAY.includes(progressing)),
    revision: text(at(raw, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')),
  })
}

export function projectStatefulSet(raw: unknown): Deployment | null {
  const desired = count(at(raw, 'spec', 'replicas'), 1)
  const updated = count(at(raw, 'status', 'updatedReplicas'))
  const target = desired - count(at(raw, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'))
  const differs = at(raw, 'status', 'updateRevision') !== at(raw, 'status', 'currentRevision')
  return workload(raw, 'StatefulSet', {
    ...{ desired, updated, paused: false, failure: null },
    ready: count(at(raw, 'status', 'readyReplicas')),
    available: count(at(raw, 'status', 'availableReplicas')),
    rolling: !replacesOnDelete(raw) && (isBehind(raw) || (differs && updated < target)),
    revision: text(at(raw, 'status', 'updateRevision')),
  })
}

export function projectDaemonSet(raw: unknown): Deployment | null {
  const desired = count(at(raw, 'status', 'desiredNumberScheduled'))
  const updated = count(at(raw, 'status', 'updatedNumberScheduled'))
  return workload(raw, 'DaemonSet', {
    ...{ desired, updated, paused: false, failure: null },
    ready: count(at(raw, 'status', 'numberReady')),
    available: count(at(raw, 'status', 'numberAvailable')),
    rolling: !replacesOnDelete(raw) && (isBehind(raw) || updated < desired),
    revision: text(at(raw, 'metadata', 'annotations', 'deprecated.daemonset.template.generation')),
  })
}

function workload(
  raw: unknown,
  kind: Deployment['kind'],
  facts: Numbers & Pick<Deployment, 'paused' | 'failure' | 'rolling' | 'revision'>,
): Deployment | null {
  const who = identity(raw)
  if (who === null) return null
  const containers = list(at(raw, 'spec', 'template', 'spec', 'containers'))
  return Object.freeze({
    ...who,
    kind,
    component: label(raw, 'app.kubernetes.io/component'),
    ...facts,
    images: Object.freeze(containers.flatMap((one) => text(at(one, 'image')) ?? [])),
    managedBy: fluxOwner(raw, 'kustomize') ?? fluxOwner(raw, 'helm'),
  })
}

/** The controller has not looked at the present specification yet. */
function isBehind(raw: unknown): boolean {
  return count(at(raw, 'metadata', 'generation')) > count(at(raw, 'status', 'observedGeneration'))
}

/** With this strategy pods change only when somebody deletes them, so a difference is not a rollout. */
function replacesOnDelete(raw: unknown): boolean {
  return at(raw, 'spec', 'updateStrategy', 'type') === 'OnDelete'
}

/** `ReplicaFailure` first: its message names the cause (quota, admission) that lets the deadline pass. */
function deploymentFailure(raw: unknown): Deployment['failure'] {
  const refused = condition(raw, 'ReplicaFailure')
  if (refused.status === 'True') return failure('ReplicaFailure', refused.message)
  const progressing = condition(raw, 'Progressing')
  if (progressing.reason !== 'ProgressDeadlineExceeded') return null
  return failure('ProgressDeadlineExceeded', progressing.message)
}

function failure(reason: string, message: unknown): Deployment['failure'] {
  return Object.freeze({ reason, message: text(message) ?? '' })
}

/** Flux writes the owner into two labels. Source: https://fluxcd.io/flux/components/kustomize/kustomizations/ */
function fluxOwner(raw: unknown, kind: 'kustomize' | 'helm'): string | null {
  const name = label(raw, `${kind}.toolkit.fluxcd.io/name`)
  const namespace = label(raw, `${kind}.toolkit.fluxcd.io/namespace`)
  return name === null || namespace === null ? null : `${namespace}/${name}`
}
