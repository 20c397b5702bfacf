import type { Condition, ContainerStatus, Pod, PodStatus } from '../objects.ts'

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true
}

/** How the containers of a pod are to look; everything else of its status follows. */
export interface PodLook {
  readonly phase: PodStatus['phase']
  readonly ready: boolean
  readonly started: boolean
  readonly restarts: number
  readonly state: ContainerStatus['state']
  readonly lastState: ContainerStatus['lastState']
}

/** The status that a kubelet writes. Transition times stay where nothing changed. */
export function podStatus(pod: Pod, look: PodLook, at: string): PodStatus {
  const { phase, ready, started, restarts, state, lastState } = look
  const before = pod.status
  const names = pod.spec.containers.map(({ name }) => name)
  const unready = ready
    ? {}
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${names.join(' ')}]` }
  const truth = ready ? 'True' : 'False'
  const conditions: Condition[] = [
    { type: 'Initialized', status: 'True', lastProbeTime: null, lastTransitionTime: at },
    { type: 'Ready', status: truth, lastProbeTime: null, lastTransitionTime: at, ...unready },
    { type: 'ContainersReady', status: truth, lastProbeTime: null, lastTransitionTime: at, ...unready },
    { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: at },
  ]
  return {
    ...before,
    phase,
    conditions: conditions.map((condition) => keepTransition(before, condition)),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      state,
      lastState,
      ready,
      restartCount: restarts,
      image,
      imageID: '',
      started,
    })),
    startTime: before?.startTime ?? at,
  }
}

function keepTransition(before: PodStatus | undefined, condition: Condition): Condition {
  const known = before?.conditions?.find(({ type }) => type === condition.type)
  if (known?.status !== condition.status) return condition
  return { ...condition, lastTransitionTime: known.lastTransitionTime }
}
