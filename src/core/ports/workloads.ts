import type { Difference } from '../plan.ts'
import type { Bounds, ObjectRef, WorkloadKind } from '../steps.ts'
import type { Observed } from './cluster.ts'

/** What stands between a change and its lasting, read afresh from the API server: the facts that plans are made of. */
export interface WorkloadFacts {
  readonly ref: ObjectRef<WorkloadKind>
  /** `app.kubernetes.io/component`: `database`, `cache`, `broker`, `microservice`; null when it is not said. */
  readonly component: string | null
  /** A DaemonSet's is how many nodes want it. */
  readonly replicas: number
  readonly ready: number
  readonly available: number
  readonly paused: boolean
  /** A rollout is under way; `failure` says when it went wrong. */
  readonly rolling: boolean
  readonly failure: { readonly reason: string; readonly message: string } | null
  /** `RollingUpdate`, `Recreate`, `OnDelete`. */
  readonly strategy: string
  readonly images: readonly string[]
  /** Digest of the pod template without the moment of a restart (core/rollout/template.ts). */
  readonly template: string
  readonly revision: number | null
  /** Newest first; empty when none is kept. */
  readonly revisions: readonly Revision[]
  readonly managedBy: Management | null
  readonly autoscaler: Autoscaler | null
  readonly budgets: readonly Budget[]
  /** Claims that only one node can mount at a time (ReadWriteOnce, ReadWriteOncePod). */
  readonly exclusiveVolumes: readonly string[]
  /** What one more pod asks for, in cores and bytes. */
  readonly requests: { readonly cpu: number; readonly memory: number }
  readonly room: Room
}

export interface Revision {
  readonly number: number
  /** Digest of its template, made as `WorkloadFacts.template`. */
  readonly template: string
  readonly images: readonly string[]
  readonly changeCause: string | null
  readonly createdAt: Date
  /** What differs from the present template: image, environment, resources. Secrets' values are never among it. */
  readonly differences: readonly Difference[]
}

/** Who puts the object back as git has it. */
export interface Management {
  readonly ref: ObjectRef<'Kustomization' | 'HelmRelease'>
  readonly intervalSeconds: number
  readonly suspended: boolean
  /** This object alone is taken out of its care. */
  readonly exempted: boolean
  /**
   * Whether git says these, as far as the object's field managers tell: a value that git does not have survives. A number
   * that a person or Bakery has set since then hides whether git has one: it is taken to.
   */
  readonly owns: { readonly replicas: boolean; readonly template: boolean }
  /** An autoscaler has set the number of pods since Flux last looked, so nobody can tell whether git has one. */
  readonly replicasHidden: boolean
  /** The number of pods that git has; null: it has none, or the present one is somebody else's. */
  readonly gitReplicas: number | null
  /** A HelmRelease puts drift right only when it detects it. */
  readonly correctsDrift: boolean
  /** When it was last applied; null when it does not say. */
  readonly lastAppliedAt: Date | null
}

export interface Autoscaler {
  readonly ref: ObjectRef<'HorizontalPodAutoscaler'>
  readonly bounds: Bounds
  readonly current: number
  readonly desired: number
  /** Reason why it does not scale (`FailedGetResourceMetric`), else null. */
  readonly trouble: string | null
  readonly managedBy: Management | null
  readonly target: { readonly kind: string; readonly name: string }
  /** `cpu 80 %`, as an operator says it. */
  readonly metrics: readonly string[]
}

export interface Budget {
  readonly name: string
  /** How many of its pods may be away now. */
  readonly allowed: number
  readonly says: string
}

/** How many more pods of this workload there is room for. */
export interface Room {
  /**
   * At most, by what nodes have left for requests; null when nodes cannot be read. Pods of namespaces that Bakery may not
   * read are not counted.
   */
  readonly nodes: number | null
  /** By each quota that would be met first; null: no quota. */
  readonly quota: { readonly name: string; readonly resource: string; readonly pods: number } | null
}

/** A node with what would have to leave it. */
export interface NodeFacts {
  readonly ref: ObjectRef<'Node'>
  readonly cordoned: boolean
  readonly ready: boolean
  readonly pods: readonly NodePod[]
  /** Other nodes that take pods. */
  readonly others: number
  /** False: pods of other namespaces than the platform's may not be read, and there can be more on the node. */
  readonly everywhere: boolean
}

export interface NodePod {
  readonly ref: ObjectRef<'Pod'>
  readonly workload: string | null
  readonly component: string | null
  /** Why nothing is to be done: `DaemonSet`, `mirror`, `finished`, `leaving`; null: it has to leave. */
  readonly stays: string | null
  /** Nobody makes it again. */
  readonly alone: boolean
  /** Deleted with what it keeps on the node (emptyDir). */
  readonly losesData: boolean
  readonly budgets: readonly Budget[]
}

export interface PodFacts {
  readonly ref: ObjectRef<'Pod'>
  readonly workload: string | null
  readonly component: string | null
  readonly alone: boolean
  readonly node: string | null
  readonly ready: boolean
}

export interface FluxFacts {
  readonly ref: ObjectRef<'Kustomization' | 'HelmRelease'>
  readonly suspended: boolean
  readonly intervalSeconds: number
  readonly source: ObjectRef<'GitRepository'> | null
  readonly ready: boolean | null
  readonly reason: string | null
  readonly appliedRevision: string | null
  readonly lastAppliedAt: Date | null
}

/** Every verb reads afresh. Throws `UserError` (`BAD_ARGUMENT`) for an object that is not there, `DependencyError` when it cannot be asked. */
/** The workload itself, without what hangs on it: read with as few questions as can be. */
export type WorkloadState = Pick<
  WorkloadFacts,
  'ref' | 'component' | 'paused' | 'rolling' | 'failure' | 'exclusiveVolumes'
>

export interface WorkloadReader {
  get(name: string, signal: AbortSignal): Promise<WorkloadFacts>
  state(name: string, signal: AbortSignal): Promise<WorkloadState>
  /** All Deployments, StatefulSets and DaemonSets of the platform's namespace. */
  all(signal: AbortSignal): Promise<readonly WorkloadFacts[]>
  autoscalers(signal: AbortSignal): Promise<Observed<Autoscaler>>
  node(name: string, signal: AbortSignal): Promise<NodeFacts>
  pod(name: string, signal: AbortSignal): Promise<PodFacts>
  flux(signal: AbortSignal): Promise<readonly FluxFacts[]>
}
