import type { Cluster } from '../cluster.ts'
import { type ClusterNode, type Pod, timestamp } from '../objects.ts'
import { NODES, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { type Amounts, add, isOver, isTooLarge, NOTHING, requestsOf, shortages } from './fitting.ts'
import { runController } from './runner.ts'

const FROM = 'default-scheduler'

type Used = ReadonlyMap<string, Amounts>

/** Gives each new pod a node that is ready and has room for it: the one with the fewest pods. */
export function runScheduler(cluster: Cluster): () => void {
  const { store } = cluster
  const used = new Map<string, Amounts>()
  const waiting = new Set<string>()
  const count = (pod: Pod, times: 1 | -1) => {
    const node = pod.spec.nodeName
    if (node === undefined || isOver(pod)) return
    used.set(node, add(used.get(node) ?? NOTHING, requestsOf(pod), times))
  }
  const stopCounting = store.subscribe(({ type, object, before }) => {
    if (object.kind !== 'Pod') return
    const now = object as Pod
    const key = keyOf(now.metadata.namespace, now.metadata.name)
    if (before !== null) count(before as Pod, -1)
    if (type !== 'DELETED') count(now, 1)
    if (type !== 'DELETED' && now.spec.nodeName === undefined) waiting.add(key)
    else waiting.delete(key)
  })
  const stop = runController(cluster, {
    concerns({ type, object, before }) {
      if (object.kind === 'Node') return [...waiting]
      if (object.kind !== 'Pod') return []
      // What has ended has made room.
      const ended = isOver(object as Pod) && before !== null && !isOver(before as Pod)
      if (type === 'DELETED' || ended) return [...waiting]
      return type === 'ADDED' ? [keyOf(object.metadata.namespace, object.metadata.name)] : []
    },
    sync(namespace, name) {
      const pod = store.get(PODS, namespace, name)
      if (pod && pod.spec.nodeName === undefined) schedule(cluster, pod, used)
      return undefined
    },
  })
  return () => {
    stop()
    stopCounting()
  }
}

function schedule(cluster: Cluster, pod: Pod, used: Used): void {
  const nodes = cluster.store.list(NODES)
  const on = ({ metadata }: ClusterNode) => used.get(metadata.name) ?? NOTHING
  const fits = nodes.filter((node) => whyNot(pod, node, on(node)).length === 0)
  const [node] = fits.toSorted((a, b) => on(a).pods - on(b).pods)
  if (!node) {
    refuse(
      cluster,
      pod,
      refusal(pod, nodes, (each) => whyNot(pod, each, on(each))),
    )
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

/** Why this node does not take this pod: the first thing that is in the way, or everything that it lacks room for. */
function whyNot(pod: Pod, node: ClusterNode, used: Amounts): readonly string[] {
  if (node.spec.unschedulable === true) return ['node(s) were unschedulable']
  if (node.spec.taints?.some(({ effect }) => effect !== 'PreferNoSchedule')) {
    return ['node(s) had untolerated taint(s)']
  }
  const { nodeSelector = {} } = pod.spec
  const isSelected = Object.entries(nodeSelector).every(
    ([key, value]) => node.metadata.labels?.[key] === value,
  )
  return isSelected ? shortages(pod, node, used) : ["node(s) didn't match Pod's node affinity/selector"]
}

/** In the words of kube-scheduler: every reason with the number of its nodes. */
function refusal(
  pod: Pod,
  nodes: readonly ClusterNode[],
  why: (node: ClusterNode) => readonly string[],
): string {
  const reasons = nodes.map(why)
  const tally = (all: readonly string[]) =>
    [...Map.groupBy(all, (reason) => reason)]
      .map(([reason, same]) => `${same.length} ${reason}`)
      .toSorted()
      .join(', ')
  const none = `0/${nodes.length} nodes are available: `
  const isFull = (reason: string) => /^(Insufficient|Too many)/.test(reason)
  const preemption = nodes.map((node, index) =>
    reasons[index]?.every(isFull) && !isTooLarge(pod, node) ? NO_VICTIMS : UNHELPFUL,
  )
  return `${none}${tally(reasons.flat())}. ${CLAIMS}preemption: ${none}${tally(preemption)}.`
}

const NO_VICTIMS = 'No preemption victims found for incoming pod'
const UNHELPFUL = 'Preemption is not helpful for scheduling'
const CLAIMS = 'no new claims to deallocate, '

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
