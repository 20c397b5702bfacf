import type { Cluster } from '../cluster.ts'
import { controllerOf, type Pod, type ReplicaSet } from '../objects.ts'
import { PODS, REPLICASETS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { createObject, deleteObject, writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { isReady } from './pod-status.ts'
import { runController } from './runner.ts'

const FROM = 'replicaset-controller'

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
      if (set && set.metadata.deletionTimestamp === undefined) syncReplicaSet(cluster, set)
      return undefined
    },
  })
}

function syncReplicaSet(cluster: Cluster, set: ReplicaSet): void {
  const wanted = set.spec.replicas
  const pods = cluster.store.ownedBy(PODS, set.metadata.uid)
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  for (let missing = wanted - living.length; missing > 0; missing -= 1) createPod(cluster, set)
  const spare = living.length - wanted
  if (spare > 0) {
    for (const pod of living.toSorted(expendableFirst).slice(0, spare)) {
      deleteObject(cluster, PODS, pod)
      const message = `Deleted pod: ${pod.metadata.name}`
      emit(cluster, set, { type: 'Normal', reason: 'SuccessfulDelete', message, from: FROM })
    }
  }
  updateStatus(cluster, set)
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

function updateStatus(cluster: Cluster, set: ReplicaSet): void {
  const pods = cluster.store.ownedBy(PODS, set.metadata.uid)
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const ready = living.filter(isReady).length
  writeStatus(cluster, REPLICASETS, set, {
    replicas: living.length,
    ...(living.length === 0 ? {} : { fullyLabeledReplicas: living.length }),
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    terminatingReplicas: pods.length - living.length,
    observedGeneration: set.metadata.generation,
  })
}
