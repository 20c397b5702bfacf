/**
 * The cluster in Bakery's own words: plain frozen data, projected from what the API server said.
 * `observedAt` is when the API server last confirmed the cache that an answer came from.
 */
export interface Observed<T> {
  readonly items: readonly T[]
  readonly observedAt: Date
}

export interface ContainerState {
  readonly name: string
  readonly image: string
  readonly ready: boolean
  readonly restarts: number
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown'
  /** `CrashLoopBackOff`, `OOMKilled`, `ImagePullBackOff`, `Error`, … of the present state. */
  readonly reason: string | null
  readonly message: string | null
  /** How its last life ended: reason, exit code and when; null when it never ended. */
  readonly last: {
    readonly reason: string
    readonly exitCode: number
    readonly finishedAt: Date | null
  } | null
  /** Limits in cores and bytes; null: none. */
  readonly limits: { readonly cpu: number | null; readonly memory: number | null }
  readonly init: boolean
}

export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** The workload it belongs to: `orders-service`; the pod's own name when it stands alone. */
  readonly workload: string
  /** `app.kubernetes.io/component`, for instance `database`. */
  readonly component: string | null
  readonly node: string | null
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  readonly ready: boolean
  /** Why it is not scheduled or not ready, when the API server says so. */
  readonly reason: string | null
  /** When it last became ready or stopped being so; null or missing when the API server does not say. */
  readonly readyChangedAt?: Date | null
  readonly createdAt: Date
  /** Set while it is being deleted. */
  readonly deletedAt: Date | null
  readonly containers: readonly ContainerState[]
}

export interface Deployment {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly component: string | null
  readonly desired: number
  readonly ready: number
  readonly available: number
  readonly updated: number
  readonly paused: boolean
  readonly images: readonly string[]
  /** Reason and message of a rollout that went wrong (`ProgressDeadlineExceeded`, `ReplicaFailure`), else null. */
  readonly failure: { readonly reason: string; readonly message: string } | null
  readonly rolling: boolean
  readonly revision: string | null
  /** The Flux Kustomization or HelmRelease that owns it, `namespace/name`. */
  readonly managedBy: string | null
  readonly createdAt: Date
}

export interface ClusterNode {
  readonly name: string
  readonly ready: boolean
  readonly reason: string | null
  readonly schedulable: boolean
  /** `MemoryPressure`, `DiskPressure`, `PIDPressure`, `NetworkUnavailable` that are true now. */
  readonly pressures: readonly string[]
  /** Allocatable cores and bytes. */
  readonly cpu: number
  readonly memory: number
  readonly version: string
  readonly createdAt: Date
}

/** CPU in cores, memory in bytes, as metrics-server measured it. */
export interface Usage {
  readonly name: string
  readonly cpu: number
  readonly memory: number
  readonly measuredAt: Date
}
export interface PodUsage extends Usage {
  readonly workload: string
}

export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly object: string
  readonly kind: string
  readonly message: string
  readonly count: number
  readonly at: Date
}

/** All reads are of the platform's namespace. Each throws `DependencyError` when the cluster cannot be asked. */
export interface ClusterReader {
  pods(signal: AbortSignal): Promise<Observed<Pod>>
  deployments(signal: AbortSignal): Promise<Observed<Deployment>>
  nodes(signal: AbortSignal): Promise<Observed<ClusterNode>>
  nodeUsage(signal: AbortSignal): Promise<Observed<Usage>>
  podUsage(signal: AbortSignal): Promise<Observed<PodUsage>>
  events(signal: AbortSignal): Promise<Observed<ClusterEvent>>
}

export interface LogRequest {
  readonly workload: string
  /** Only this pod; all pods of the workload when not given. */
  readonly pod?: string
  readonly container?: string
  readonly sinceSeconds: number
  readonly previous: boolean
  /** At most this many of the newest lines of each container. */
  readonly tail: number
}
export interface LogLine {
  readonly at: Date
  readonly pod: string
  readonly container: string
  readonly text: string
}
export interface LogResult {
  /** Oldest first, over all pods. Raw: whoever shows them scrubs and escapes them. */
  readonly lines: readonly LogLine[]
  /** The span that each pod's kept log really covers, which can be less than was asked for. */
  readonly covered: readonly {
    readonly pod: string
    readonly container: string
    readonly from: Date | null
    readonly to: Date | null
    /** The kubelet or the line limit cut the beginning off. */
    readonly truncated: boolean
    /** Why this pod's log could not be read, else null. */
    readonly problem: string | null
  }[]
}
export interface LogReader {
  read(request: LogRequest, signal: AbortSignal): Promise<LogResult>
}
