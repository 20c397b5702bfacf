import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { controllerOf, type KubeObject } from '../objects.ts'
import { type Resource, resourceOf } from '../resources.ts'
import type { Change } from '../store.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'

/**
 * Deletes what belonged to an object that is gone: a Deployment takes its ReplicaSets along, and they their pods. An object
 * that is deleted in the foreground waits for them; one that orphans lets them go first.
 */
export function runGarbageCollector(cluster: Cluster): () => void {
  return cluster.store.subscribe((change) => {
    if (change.type === 'DELETED') afterDeletion(cluster, change)
    else if (change.object.metadata.deletionTimestamp !== undefined) whileEnding(cluster, change)
  })
}

function afterDeletion(cluster: Cluster, { object, resource }: Change): void {
  if (resource.plural === 'namespaces') return
  for (const dependant of cluster.store.dependants(object.metadata.uid)) {
    deleteObject(cluster, dependant.resource, dependant.object)
  }
  const owner = controllerOf(object)
  const ownerResource = owner && resourceOf(owner.apiVersion, owner.kind)
  if (!owner || !ownerResource) return
  const found = cluster.store.get(ownerResource, object.metadata.namespace ?? null, owner.name)
  if (found?.metadata.uid === owner.uid) endWhenAlone(cluster, ownerResource, found)
}

function whileEnding(cluster: Cluster, { object, resource }: Change): void {
  const { finalizers = [], uid } = object.metadata
  const dependants = cluster.store.dependants(uid)
  if (finalizers.includes(ORPHAN)) {
    for (const dependant of dependants) release(cluster, dependant.resource, dependant.object, uid)
    withoutFinalizer(cluster, resource, object, ORPHAN)
    return
  }
  if (!finalizers.includes(FOREGROUND)) return
  for (const dependant of dependants) {
    const options = { propagationPolicy: 'Foreground' } as const
    if (dependant.object.metadata.deletionTimestamp === undefined) {
      deleteObject(cluster, dependant.resource, dependant.object, isPod(dependant.object) ? {} : options)
    }
  }
  endWhenAlone(cluster, resource, object)
}

const isPod = ({ kind }: KubeObject) => kind === 'Pod'

function endWhenAlone(cluster: Cluster, resource: Resource, object: KubeObject): void {
  const { finalizers = [], uid, deletionTimestamp } = object.metadata
  if (deletionTimestamp === undefined || !finalizers.includes(FOREGROUND)) return
  if (cluster.store.dependants(uid).length === 0) withoutFinalizer(cluster, resource, object, FOREGROUND)
}

function release({ store }: Cluster, resource: Resource, object: KubeObject, uid: string): void {
  const { ownerReferences = [], ...metadata } = object.metadata
  const others = ownerReferences.filter((owner) => owner.uid !== uid)
  const kept = others.length > 0 ? { ownerReferences: others } : {}
  store.put(resource, { ...object, metadata: { ...metadata, ...kept } })
}

/** An object whose last finalizer goes, goes with it. */
function withoutFinalizer({ store }: Cluster, resource: Resource, object: KubeObject, which: string): void {
  const { name, namespace = null, finalizers = [] } = object.metadata
  const current = store.get(resource, namespace, name)
  if (current?.metadata.uid !== object.metadata.uid) return
  const left = finalizers.filter((one) => one !== which)
  if (left.length === 0) store.remove(resource, namespace, name)
  else store.put(resource, { ...current, metadata: { ...current.metadata, finalizers: left } })
}
