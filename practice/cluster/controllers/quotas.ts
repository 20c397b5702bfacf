import type { Cluster } from '../cluster.ts'
import { quotaUse } from '../quota.ts'
import { QUOTAS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { writeStatus } from '../writes.ts'
import { runController } from './runner.ts'

/** Says of each ResourceQuota what the pods of its namespace use. */
export function runQuotas(cluster: Cluster): () => void {
  const { store } = cluster
  return runController(cluster, {
    concerns({ object }) {
      const { namespace, name } = object.metadata
      if (object.kind === 'ResourceQuota') return [keyOf(namespace, name)]
      if (object.kind !== 'Pod') return []
      return store.list(QUOTAS, namespace).map(({ metadata }) => keyOf(metadata.namespace, metadata.name))
    },
    sync(namespace, name) {
      const quota = store.get(QUOTAS, namespace, name)
      const hard = quota?.spec.hard
      if (quota && hard) {
        writeStatus(cluster, QUOTAS, quota, { hard, used: quotaUse(cluster, namespace, Object.keys(hard)) })
      }
      return undefined
    },
  })
}
