import type { Cluster } from '../cluster.ts'
import { type ClusterNode, type Pod, timestamp } from '../objects.ts'
import { NODES, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { runController } from './runner.ts'

const FROM = 'default-scheduler'

/** Gives each new pod a node that is ready: the one with the fewest pods. */
export function runScheduler(cluster: Cluster): () => void {
  const { store } = cluster
  const counts = new Map<string, number>()
  const count = (node: string | undefined, by: number) => {
    if (node !== undefined) counts.set(node, (counts.get(node) ?? 0) + by)
  }
  const stopCounting = store.subscribe(({ object, before }) => {
    if (object.kind !== 'Pod') return
    const [now, then] = [object as Pod, before as Pod | null]
    if (then !== null && then.spec.nodeName !== undefined) count(then.spec.nodeName, -1)
    if (store.get(PODS, now.metadata.namespace ?? '', now.metadata.name) === now) count(now.spec.nodeName, 1)
  })
  const stop = runController(cluster, {
    concerns({ type, object }) {
      if (object.kind === 'Node') return pendingPods(cluster)
      const isNew = object.kind === 'Pod' && type === 'ADDED'
      return isNew ? [keyOf(object.metadata.namespace, object.metadata.name)] : []
    },
    sync(namespace, name) {
      const pod = store.get(PODS, namespace, name)
      if (pod && pod.spec.nodeName === undefined) schedule(cluster, pod, counts)
      return undefined
    },
  })
  return () => {
    stop()
    stopCounting()
  }
}

function pendingPods({ store }: Cluster): string[] {
  return store
    .list(PODS)
    .filter(({ spec }) => spec.nodeName === undefined)
    .map(({ metadata }) => keyOf(metadata.namespace, metadata.name))
}

function schedule(cluster: Cluster, pod: Pod, counts: ReadonlyMap<string, number>): void {
  const nodes = cluster.store.list(NODES)
  const load = ({ metadata }: ClusterNode) => counts.get(metadata.name) ?? 0
  const fits = nodes.filter((node) => isSelected(pod, node))
  const [node] = fits.filter(takesPods).sort((a, b) => load(a) - load(b))
  if (!node) {
    refuse(cluster, pod, whyNot(nodes, fits))
    return
  }
  const { name } = node.metadata
  const at = timestamp(cluster.clock.now())
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: at,
  } as const
  const status = { ...pod.status, phase: 'Pending' as const, conditions: [scheduled] }
  cluster.store.put(PODS, { ...pod, spec: { ...pod.spec, nodeName: name }, status })
  const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${name}`
  emit(cluster, pod, { type: 'Normal', reason: 'Scheduled', message, from: FROM })
}

/** Whether a pod accepts this node at all. */
function isSelected({ spec }: Pod, { metadata }: ClusterNode): boolean {
  return Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => metadata.labels?.[key] === value)
}

function takesPods({ spec }: ClusterNode): boolean {
  return spec.unschedulable !== true && !spec.taints?.some(({ effect }) => effect !== 'PreferNoSchedule')
}

function whyNot(nodes: readonly ClusterNode[], fits: readonly ClusterNode[]): string {
  const others = nodes.length - fits.length
  const cordoned = fits.filter(({ spec }) => spec.unschedulable === true).length
  const tainted = fits.length - cordoned
  const reasons = [
    ...(others > 0 ? [`${others} node(s) didn't match Pod's node affinity/selector`] : []),
    ...(cordoned > 0 ? [`${cordoned} node(s) were unschedulable`] : []),
    ...(tainted > 0 ? [`${tainted} node(s) had untolerated taint(s)`] : []),
  ]
  return `0/${nodes.length} nodes are available: ${reasons.join(', ')}.`
}

function refuse(cluster: Cluster, pod: Pod, message: string): void {
  const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (known?.message === message) return
  const at = timestamp(cluster.clock.now())
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: at,
    reason: 'Unschedulable',
    message,
  }
  writeStatus(cluster, PODS, pod, { ...pod.status, phase: 'Pending', conditions: [condition] })
  emit(cluster, pod, { type: 'Warning', reason: 'FailedScheduling', message, from: FROM })
}
