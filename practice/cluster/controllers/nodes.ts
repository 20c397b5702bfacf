import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { type ClusterNode, controllerOf, timestamp } from '../objects.ts'
import { NODES, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { hasItsTaints, readyConditionOf, stateOf, withState, withTaints } from './node-status.ts'
import { isReady } from './pod-status.ts'
import { runController } from './runner.ts'

const HEARTBEAT_MS = 10_000
/** How long pods stay on a node that is not ready: what pods tolerate unless they say otherwise. */
const TOLERATED_MS = 300_000

/** Nodes beat while their kubelet lives, are tainted when they are not ready, and lose their pods when that lasts. */
export function runNodes(cluster: Cluster): () => void {
  const stop = runController(cluster, {
    concerns: ({ object }) => (object.kind === 'Node' ? [keyOf(null, object.metadata.name)] : []),
    sync(_namespace, name) {
      const node = cluster.store.get(NODES, null, name)
      return node && syncNode(cluster, node)
    },
  })
  let cancel = () => {}
  const beat = () => {
    for (const node of cluster.store.list(NODES)) if (stateOf(node).taint === null) heartbeat(cluster, node)
    cancel = cluster.clock.after(HEARTBEAT_MS, beat)
  }
  cancel = cluster.clock.after(HEARTBEAT_MS, beat)
  return () => {
    stop()
    cancel()
  }
}

function heartbeat(cluster: Cluster, node: ClusterNode): void {
  const at = timestamp(cluster.clock.now())
  const conditions = node.status?.conditions?.map((condition) => ({ ...condition, lastHeartbeatTime: at }))
  if (conditions) writeStatus(cluster, NODES, node, { ...node.status, conditions })
}

/** Answers how long its pods may still stay, when it is not ready. */
function syncNode(cluster: Cluster, node: ClusterNode): number | undefined {
  const state = stateOf(node)
  const before = readyConditionOf(node)
  const now = cluster.clock.now()
  if (before?.reason !== state.reason) transition(cluster, node)
  else if (!hasItsTaints(node, state)) cluster.store.put(NODES, withTaints(node, state, timestamp(now)))
  if (state.taint === null) return undefined
  const since = before?.reason === state.reason ? new Date(before.lastTransitionTime) : now
  const left = since.getTime() + TOLERATED_MS - now.getTime()
  if (left > 0) return left
  for (const pod of podsOn(cluster, node)) {
    if (controllerOf(pod)?.kind !== 'DaemonSet') deleteObject(cluster, PODS, pod)
  }
  return undefined
}

function transition(cluster: Cluster, node: ClusterNode): void {
  const state = stateOf(node)
  cluster.store.put(NODES, withState(node, state, cluster.clock.now()))
  const ready = state.status === 'True'
  const reason = ready ? 'NodeReady' : 'NodeNotReady'
  const message = `Node ${node.metadata.name} status is now: ${reason}`
  emit(cluster, node, { type: 'Normal', reason, message, from: ready ? 'kubelet' : 'node-controller' })
  if (state.silent || ready) markPods(cluster, node, ready)
}

const podsOn = ({ store }: Cluster, { metadata }: ClusterNode) =>
  store.list(PODS).filter(({ spec }) => spec.nodeName === metadata.name)

/**
 * Nothing says any more that the pods of a lost kubelet are well, so the node controller marks them not ready; when the
 * kubelet is back it says what it sees.
 */
function markPods(cluster: Cluster, node: ClusterNode, ready: boolean): void {
  const at = timestamp(cluster.clock.now())
  for (const pod of podsOn(cluster, node)) {
    const runs = pod.status?.containerStatuses?.every((container) => container.ready) === true
    if (!runs || isReady(pod) === ready) continue
    const conditions = pod.status?.conditions?.map((condition) =>
      condition.type === 'Ready'
        ? { ...condition, status: ready ? 'True' : 'False', lastTransitionTime: at }
        : condition,
    )
    writeStatus(cluster, PODS, pod, { ...pod.status, conditions })
    if (ready) continue
    const message = 'Node is not ready'
    emit(cluster, pod, { type: 'Warning', reason: 'NodeNotReady', message, from: 'node-controller' })
  }
}
