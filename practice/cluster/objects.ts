import type { ManagedFields } from './managed-fields.ts'

/** The parts of Kubernetes objects that the practice cluster itself looks at. Everything else is carried as it is. */

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly generateName?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly ManagedFields[]
}

export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly [field: string]: unknown
}

/** What a person writes down: no uid, version or times yet. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Partial<Metadata>
  readonly [field: string]: unknown
}

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastProbeTime?: string | null
  readonly lastHeartbeatTime?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime: string
  readonly reason?: string
  readonly message?: string
}

export interface Container {
  readonly name: string
  readonly image: string
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>
    readonly requests?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly nodeName?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

export interface PodTemplate {
  readonly metadata?: Partial<Metadata>
  readonly spec: PodSpec
}

export interface ContainerStatus {
  readonly name: string
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly lastState: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly ready: boolean
  readonly restartCount: number
  readonly image: string
  readonly imageID: string
  readonly started: boolean
}

export interface PodStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  readonly conditions?: readonly Condition[]
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly hostIP?: string
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip: string }[]
  readonly startTime?: string
  readonly qosClass?: string
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
    readonly values?: readonly string[]
  }[]
}

export interface ReplicaSet extends KubeObject {
  readonly spec: { readonly replicas: number; readonly selector: Selector; readonly template: PodTemplate }
  readonly status?: {
    readonly replicas: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly terminatingReplicas?: number
    readonly conditions?: readonly Condition[]
    readonly observedGeneration?: number
  }
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number
    readonly selector: Selector
    readonly template: PodTemplate
    readonly paused?: boolean
    readonly strategy: {
      readonly type: 'RollingUpdate' | 'Recreate'
      readonly rollingUpdate?: {
        readonly maxSurge?: string | number
        readonly maxUnavailable?: string | number
      }
    }
    readonly revisionHistoryLimit: number
    readonly progressDeadlineSeconds: number
  }
  readonly status?: { readonly conditions?: readonly Condition[]; readonly [field: string]: unknown }
}

export interface Taint {
  readonly key: string
  readonly effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule'
  readonly timeAdded?: string
}

export interface ClusterNode extends KubeObject {
  readonly spec: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] }
  readonly status?: { readonly conditions?: readonly Condition[]; readonly [field: string]: unknown }
}

export interface KubeEvent extends KubeObject {
  readonly involvedObject: {
    readonly kind: string
    readonly namespace?: string
    readonly name: string
    readonly uid: string
    readonly apiVersion?: string
  }
  readonly reason: string
  readonly message: string
  readonly type: 'Normal' | 'Warning'
  readonly count?: number
  readonly lastTimestamp: string | null
  readonly firstTimestamp: string | null
  readonly eventTime: string | null
}

/** Whether `value` is a JSON object (not null, not a list). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at `path` inside an object; undefined when any step is missing. */
export function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), object)
}

/** The owner that controls this object. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

/** A time as the API server writes it: UTC, whole seconds. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

/** One form for equal values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}
