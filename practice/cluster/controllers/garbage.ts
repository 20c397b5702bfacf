import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../writes.ts'

/** Deletes what belonged to an object that is gone: a Deployment takes its ReplicaSets along, and they their pods. */
export function runGarbageCollector(cluster: Cluster): () => void {
  return cluster.store.subscribe((change) => {
    if (change.type !== 'DELETED') return
    for (const { resource, object } of cluster.store.dependants(change.object.metadata.uid)) {
      deleteObject(cluster, resource, object)
    }
  })
}
