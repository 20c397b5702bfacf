import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { Refusal } from '../failures.ts'
import { controllerOf, type Pod, type ReplicaSet, timestamp } from '../objects.ts'
import { PODS, REPLICASETS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { createObject, writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { isReady } from './pod-status.ts'
import { runController } from './runner.ts'

const FROM = 'replicaset-controller'
/** How long after a failure pods are tried again. */
const RETRY_MS = 5000

/** Keeps as many pods as each ReplicaSet asks for. */
export function runReplicaSets(cluster: Cluster): () => void {
  return runController(cluster, {
    concerns({ resource, object: { kind, metadata }, object }) {
      if (resource.kind === 'ReplicaSet') return [keyOf(metadata.namespace, metadata.name)]
      const owner = kind === 'Pod' ? controllerOf(object) : undefined
      return owner?.kind === 'ReplicaSet' ? [keyOf(metadata.namespace, owner.name)] : []
    },
    sync(namespace, name) {
      const set = cluster.store.get(REPLICASETS, namespace, name)
      if (!set || set.metadata.deletionTimestamp !== undefined) return undefined
      return syncReplicaSet(cluster, set)
    },
  })
}

/** Answers when it wants to try again, after pods could not be made. */
function syncReplicaSet(cluster: Cluster, set: ReplicaSet): number | undefined {
  const wanted = set.spec.replicas
  const pods = cluster.store.ownedBy(PODS, set.metadata.uid)
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const failure = createPods(cluster, set, wanted - living.length)
  const spare = living.length - wanted
  if (spare > 0) {
    for (const pod of living.toSorted(expendableFirst).slice(0, spare)) {
      deleteObject(cluster, PODS, pod)
      const message = `Deleted pod: ${pod.metadata.name}`
      emit(cluster, set, { type: 'Normal', reason: 'SuccessfulDelete', message, from: FROM })
    }
  }
  updateStatus(cluster, set, failure)
  return failure === null ? undefined : RETRY_MS
}

/** Makes so many pods; answers why one could not be made (a quota), and tries no further then. */
function createPods(cluster: Cluster, set: ReplicaSet, missing: number): string | null {
  for (let turn = 0; turn < missing; turn += 1) {
    try {
      createPod(cluster, set)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const message = `Error creating: ${error.message}`
      emit(cluster, set, { type: 'Warning', reason: 'FailedCreate', message, from: FROM })
      return error.message
    }
  }
  return null
}

function createPod(cluster: Cluster, set: ReplicaSet): void {
  const { name, namespace = '', uid } = set.metadata
  const { metadata = {}, spec } = set.spec.template
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  }
  const pod = createObject(cluster, PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      generateName: `${name}-`,
      namespace,
      ownerReferences: [owner],
    },
    spec,
  })
  const message = `Created pod: ${pod.metadata.name}`
  emit(cluster, set, { type: 'Normal', reason: 'SuccessfulCreate', message, from: FROM })
}

/** Pods that are not ready go first, then the youngest. */
function expendableFirst(a: Pod, b: Pod): number {
  const age = a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1
  return Number(isReady(a)) - Number(isReady(b)) || age
}

function updateStatus(cluster: Cluster, set: ReplicaSet, failure: string | null): void {
  const pods = cluster.store.ownedBy(PODS, set.metadata.uid)
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const ready = living.filter(isReady).length
  writeStatus(cluster, REPLICASETS, set, {
    replicas: living.length,
    ...(living.length === 0 ? {} : { fullyLabeledReplicas: living.length }),
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    terminatingReplicas: pods.length - living.length,
    observedGeneration: set.metadata.generation,
    ...(failure === null ? {} : { conditions: [failureOf(cluster, set, failure)] }),
  })
}

function failureOf({ clock }: Cluster, { status }: ReplicaSet, message: string) {
  const known = status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
  const lastTransitionTime = known?.lastTransitionTime ?? timestamp(clock.now())
  return {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime,
    reason: 'FailedCreate',
    message,
  } as const
}
