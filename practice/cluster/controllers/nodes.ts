import type { Cluster } from '../cluster.ts'
import { type ClusterNode, type Condition, timestamp } from '../objects.ts'
import { NODES, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { isReady } from './pod-status.ts'
import { runController } from './runner.ts'

const BEHAVIOUR = 'platform.test/behaviour'
const HEARTBEAT_MS = 10_000
const NOT_READY_TAINT = 'node.kubernetes.io/not-ready'

/** The other half of the simulated kubelet: nodes are ready, or not when `platform.test/behaviour` says `not-ready`. */
export function runNodes(cluster: Cluster): () => void {
  const stop = runController(cluster, {
    concerns: ({ object }) => (object.kind === 'Node' ? [keyOf(null, object.metadata.name)] : []),
    sync(_namespace, name) {
      const node = cluster.store.get(NODES, null, name)
      if (node && readinessOf(node) !== isWanted(node)) transition(cluster, node)
      return undefined
    },
  })
  let cancel = () => {}
  const beat = () => {
    for (const node of cluster.store.list(NODES)) if (isWanted(node)) heartbeat(cluster, node)
    cancel = cluster.clock.after(HEARTBEAT_MS, beat)
  }
  cancel = cluster.clock.after(HEARTBEAT_MS, beat)
  return () => {
    stop()
    cancel()
  }
}

const isWanted = ({ metadata }: ClusterNode) => metadata.annotations?.[BEHAVIOUR] !== 'not-ready'

function readinessOf({ status }: ClusterNode): boolean | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready && ready.status === 'True'
}

function heartbeat(cluster: Cluster, node: ClusterNode): void {
  const at = timestamp(cluster.clock.now())
  const conditions = node.status?.conditions?.map((condition) => ({ ...condition, lastHeartbeatTime: at }))
  if (conditions) writeStatus(cluster, NODES, node, { ...node.status, conditions })
}

function transition(cluster: Cluster, node: ClusterNode): void {
  const ready = isWanted(node)
  const at = timestamp(cluster.clock.now())
  const { taints: _before, ...spec } = node.spec
  const others = node.spec.taints?.filter(({ key }) => key !== NOT_READY_TAINT) ?? []
  const lost = (['NoSchedule', 'NoExecute'] as const).map((effect) => ({
    effect,
    key: NOT_READY_TAINT,
    timeAdded: at,
  }))
  const taints = ready ? others : [...others, ...lost]
  const unchanged = node.status?.conditions?.filter(({ type }) => type !== 'Ready')
  const conditions = [readyCondition(ready, at), ...(unchanged ?? pressures(at))]
  cluster.store.put(NODES, {
    ...node,
    spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) },
    status: { ...FACTS, ...node.status, conditions },
  })
  const reason = ready ? 'NodeReady' : 'NodeNotReady'
  const message = `Node ${node.metadata.name} status is now: ${reason}`
  emit(cluster, node, { type: 'Normal', reason, message, from: ready ? 'kubelet' : 'node-controller' })
  markPods(cluster, node.metadata.name, ready)
}

function readyCondition(ready: boolean, at: string): Condition {
  const times = { lastHeartbeatTime: at, lastTransitionTime: at }
  return ready
    ? {
        type: 'Ready',
        status: 'True',
        ...times,
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
      }
    : {
        type: 'Ready',
        status: 'False',
        ...times,
        reason: 'KubeletNotReady',
        message: 'container runtime network not ready',
      }
}

const PRESSURES = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['NetworkUnavailable', 'RouteCreated', 'RouteController created a route'],
] as const

function pressures(at: string): Condition[] {
  return PRESSURES.map(([type, reason, message]) => ({
    type,
    status: 'False',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
    reason,
    message,
  }))
}

const SIZE = { cpu: '8', memory: '20Gi', 'ephemeral-storage': '200Gi', pods: '8k' }
const FACTS = {
  capacity: SIZE,
  allocatable: SIZE,
  addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '6.8.0',
    osImage: 'Practice',
    containerRuntimeVersion: 'none://practice',
    kubeletVersion: 'v1.36.3-practice',
    kubeProxyVersion: 'v1.36.3-practice',
    operatingSystem: 'linux',
    architecture: 'amd64',
  },
}

/**
 * Nothing says any more that the pods of a lost kubelet are well, so the node controller marks them not ready; when the
 * kubelet is back it says what it sees.
 */
function markPods(cluster: Cluster, node: string, ready: boolean): void {
  const at = timestamp(cluster.clock.now())
  for (const pod of cluster.store.list(PODS)) {
    const runs = pod.status?.containerStatuses?.every((container) => container.ready) === true
    if (pod.spec.nodeName !== node || !runs || isReady(pod) === ready) continue
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
