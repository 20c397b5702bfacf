import type { ClusterNode, Deployment, KubeObject, Pod } from '../cluster/objects.ts'
import { NAMESPACE } from '../cluster/platform-names.ts'
import type { Store } from '../cluster/store.ts'
import type { Outages } from './story/outages.ts'

/** Writes into the story what goes wrong in the cluster, whoever broke it: pods that crash, workloads and nodes that are down. */
export function observeCluster(store: Store, outages: Outages): () => void {
  return store.subscribe(({ type, object }) => {
    const gone = type === 'DELETED'
    if (object.kind === 'Pod') observePod(object as Pod, gone, outages)
    if (object.kind === 'Node') observeNode(object as ClusterNode, gone, outages)
    if (object.kind === 'Deployment' && isOfPlatform(object))
      observeWorkload(object as Deployment, gone, outages)
  })
}

const isOfPlatform = ({ metadata }: KubeObject) => metadata.namespace === NAMESPACE

function observePod(pod: Pod, gone: boolean, outages: Outages): void {
  if (!isOfPlatform(pod)) return
  const { name, labels } = pod.metadata
  const crashes = pod.status?.containerStatuses?.some(
    ({ state }) => state.waiting?.reason === 'CrashLoopBackOff',
  )
  if (!gone && crashes) outages.begin('crash-loop', name, labels?.['app.kubernetes.io/name'] ?? name)
  else outages.end('crash-loop', name)
}

function observeNode({ metadata, status }: ClusterNode, gone: boolean, outages: Outages): void {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  if (!gone && ready && ready.status !== 'True') outages.begin('node', metadata.name)
  else outages.end('node', metadata.name)
}

/** A workload of which no pod is ready is down; one that is wanted at zero is not. */
function observeWorkload({ metadata, spec, status }: Deployment, gone: boolean, outages: Outages): void {
  const available = Number(status?.availableReplicas ?? 0)
  if (!gone && spec.replicas > 0 && available === 0) outages.begin('workload', metadata.name)
  else outages.end('workload', metadata.name)
}
