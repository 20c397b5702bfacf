import { type ClusterNode, type Condition, canonical, type Taint, timestamp } from '../objects.ts'

export const NODE_BEHAVIOUR = 'platform.test/behaviour'

/** How a node is, by its annotation `platform.test/behaviour`; ready without one. */
export interface NodeState {
  readonly status: Condition['status']
  readonly reason: string
  readonly message: string
  /** The taint that the node controller puts on it. */
  readonly taint: string | null
  /** Its kubelet says nothing any more, so the node controller marks its pods not ready. */
  readonly silent: boolean
}

const READY: NodeState = {
  status: 'True',
  reason: 'KubeletReady',
  message: 'kubelet is posting ready status',
  taint: null,
  silent: false,
}
const STATES: Readonly<Record<string, NodeState>> = {
  'not-ready': {
    status: 'False',
    reason: 'KubeletNotReady',
    message: 'container runtime network not ready',
    taint: 'node.kubernetes.io/not-ready',
    silent: false,
  },
  lost: {
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    taint: 'node.kubernetes.io/unreachable',
    silent: true,
  },
}
const CORDONED = 'node.kubernetes.io/unschedulable'
const OURS = new Set([CORDONED, ...Object.values(STATES).map(({ taint }) => taint)])

export function stateOf({ metadata }: ClusterNode): NodeState {
  return STATES[metadata.annotations?.[NODE_BEHAVIOUR] ?? ''] ?? READY
}

export function readyConditionOf({ status }: ClusterNode): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

/** The node as its state has it: the Ready condition, the other conditions as they were, and the taints. */
export function withState(node: ClusterNode, state: NodeState, now: Date): ClusterNode {
  const at = timestamp(now)
  const { status, reason, message } = state
  const ready: Condition = {
    type: 'Ready',
    status,
    lastHeartbeatTime: at,
    lastTransitionTime: at,
    reason,
    message,
  }
  const others = node.status?.conditions?.filter(({ type }) => type !== 'Ready') ?? noPressures(at)
  return {
    ...withTaints(node, state, at),
    status: { ...FACTS, ...node.status, conditions: [ready, ...others] },
  }
}

/** Whether the taints of a node are those of its state, and of its being cordoned. */
export function hasItsTaints(node: ClusterNode, state: NodeState): boolean {
  const keys = (one: ClusterNode) => (one.spec.taints ?? []).map(({ key, effect }) => `${key} ${effect}`)
  return canonical(keys(withTaints(node, state, '')).sort()) === canonical(keys(node).sort())
}

/** The node with the taints of its state, and of its being cordoned, beside those that others have put on it. */
export function withTaints(node: ClusterNode, state: NodeState, at: string): ClusterNode {
  const { taints: before = [], ...spec } = node.spec
  const cordon: Taint[] =
    spec.unschedulable === true ? [{ effect: 'NoSchedule', key: CORDONED, timeAdded: at }] : []
  const ours = [...taintsOf(state, at), ...cordon]
  const keptTimes = ours.map(
    (taint) => before.find(({ key, effect }) => key === taint.key && effect === taint.effect) ?? taint,
  )
  const taints = [...before.filter(({ key }) => !OURS.has(key)), ...keptTimes]
  return { ...node, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } }
}

function taintsOf({ taint }: NodeState, timeAdded: string): Taint[] {
  if (taint === null) return []
  return (['NoSchedule', 'NoExecute'] as const).map((effect) => ({ effect, key: taint, timeAdded }))
}

const PRESSURES = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['NetworkUnavailable', 'RouteCreated', 'RouteController created a route'],
] as const

function noPressures(at: string): Condition[] {
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
