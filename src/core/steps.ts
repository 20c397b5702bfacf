/**
 * What can be done to the cluster: one closed union. A command returns steps, an operation is a sequence of them, and each
 * kind is proved once (src/operations/steps). A step holds what it changes from and to, so that the digest of a plan covers
 * it, and the UID of its object, so that another object of the same name is never touched.
 */
export type ObjectKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Pod'
  | 'Node'
  | 'HorizontalPodAutoscaler'
  | 'Kustomization'
  | 'HelmRelease'
  | 'GitRepository'
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet'

/** One object of the cluster. `namespace` is null for a node. */
export interface ObjectRef<Kind extends ObjectKind = ObjectKind> {
  readonly kind: Kind
  readonly namespace: string | null
  readonly name: string
  readonly uid: string
}

/** Bounds of an autoscaler. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

export type Step =
  /** Sets the number of replicas. */
  | {
      readonly kind: 'scale'
      readonly ref: ObjectRef<'Deployment' | 'StatefulSet'>
      readonly from: number
      readonly to: number
    }
  /**
   * Gives the pod template the operation's own moment, so that all pods are replaced as the workload's strategy says.
   * `template` is the digest of the pod template without that moment.
   */
  | { readonly kind: 'restart'; readonly ref: ObjectRef<WorkloadKind>; readonly template: string }
  /** Puts an earlier revision's pod template back. `from` and `to` name revisions, the others are digests of their templates. */
  | {
      readonly kind: 'rollback'
      readonly ref: ObjectRef<WorkloadKind>
      readonly from: number
      readonly to: number
      readonly fromTemplate: string
      readonly toTemplate: string
    }
  /** Holds or continues a Deployment's rollout. */
  | { readonly kind: 'pause'; readonly ref: ObjectRef<'Deployment'>; readonly paused: boolean }
  /** Changes an autoscaler's bounds. */
  | {
      readonly kind: 'autoscale'
      readonly ref: ObjectRef<'HorizontalPodAutoscaler'>
      readonly from: Bounds
      readonly to: Bounds
    }
  /** Deletes one pod; its workload makes another. */
  | { readonly kind: 'delete-pod'; readonly ref: ObjectRef<'Pod'>; readonly workload: string | null }
  /** Asks for one pod to leave its node: disruption budgets are respected. */
  | {
      readonly kind: 'evict'
      readonly ref: ObjectRef<'Pod'>
      readonly node: string
      readonly workload: string | null
    }
  /** Keeps new pods from a node, or lets them on it again. */
  | { readonly kind: 'cordon'; readonly ref: ObjectRef<'Node'>; readonly cordoned: boolean }
  /** Holds Flux, or lets it go on. */
  | {
      readonly kind: 'suspend'
      readonly ref: ObjectRef<'Kustomization' | 'HelmRelease'>
      readonly suspended: boolean
    }
  /** Takes one object out of its Kustomization's care, or gives it back: the label `kustomize.toolkit.fluxcd.io/reconcile`. */
  | {
      readonly kind: 'exempt'
      readonly ref: ObjectRef<WorkloadKind | 'HorizontalPodAutoscaler'>
      readonly exempted: boolean
    }
  /** Asks Flux to look now. */
  | { readonly kind: 'reconcile'; readonly ref: ObjectRef<'GitRepository' | 'Kustomization' | 'HelmRelease'> }

export type StepKind = Step['kind']
export type StepOf<Kind extends StepKind> = Extract<Step, { readonly kind: Kind }>

/** `Deployment/orders-service`: how an object is named in sentences, locks and audit rows. */
export function objectName({ kind, name }: Pick<ObjectRef, 'kind' | 'name'>): string {
  return `${kind}/${name}`
}

/** What is locked while an operation runs: one executing change per object. Sorted, without repetition. */
export function lockKeys(steps: readonly Step[]): readonly string[] {
  const keys = steps.map(({ ref }) => `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`)
  return [...new Set(keys)].sort()
}
