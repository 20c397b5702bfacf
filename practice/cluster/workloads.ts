import type { Condition, KubeObject, Metadata, PodTemplate, Selector } from './objects.ts'

/** The parts of further kinds that their controllers look at. */

export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas: number
    readonly selector: Selector
    readonly template: PodTemplate
    readonly serviceName?: string
    readonly podManagementPolicy: 'OrderedReady' | 'Parallel'
    readonly updateStrategy: {
      readonly type: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly partition?: number }
    }
    readonly revisionHistoryLimit: number
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: Partial<Metadata>
      readonly spec: Claim['spec']
    }[]
  }
  readonly status?: {
    readonly currentRevision?: string
    readonly updateRevision?: string
    readonly [field: string]: unknown
  }
}

export interface Claim extends KubeObject {
  readonly spec: {
    readonly accessModes: readonly string[]
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
    readonly volumeName?: string
    readonly [field: string]: unknown
  }
  readonly status?: { readonly phase: 'Pending' | 'Bound'; readonly [field: string]: unknown }
}

export interface DaemonSet extends KubeObject {
  readonly spec: {
    readonly selector: Selector
    readonly template: PodTemplate
    readonly updateStrategy: {
      readonly type: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly maxUnavailable?: number | string }
    }
    readonly revisionHistoryLimit: number
  }
}

/** One template that a StatefulSet or DaemonSet has had: `data` is a strategic merge patch that brings it back. */
export interface ControllerRevision extends KubeObject {
  readonly revision: number
  readonly data: { readonly spec: { readonly template: PodTemplate & { readonly $patch: 'replace' } } }
}

export interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string }
    readonly minReplicas: number
    readonly maxReplicas: number
    readonly metrics?: readonly {
      readonly resource?: { readonly name: string; readonly target: { readonly averageUtilization?: number } }
    }[]
  }
  readonly status?: {
    readonly lastScaleTime?: string
    readonly conditions?: readonly Condition[]
    readonly [field: string]: unknown
  }
}

export interface DisruptionBudget extends KubeObject {
  readonly spec: {
    readonly minAvailable?: number | string
    readonly maxUnavailable?: number | string
    readonly selector?: Selector
  }
  readonly status?: {
    readonly disruptionsAllowed: number
    readonly currentHealthy: number
    readonly desiredHealthy: number
    readonly expectedPods: number
    readonly observedGeneration?: number
    readonly conditions?: readonly Condition[]
  }
}

export interface Job extends KubeObject {
  readonly spec: {
    readonly completions?: number
    readonly parallelism?: number
    readonly suspend?: boolean
    readonly selector?: Selector
    readonly template: PodTemplate
  }
  readonly status?: { readonly conditions?: readonly Condition[]; readonly [field: string]: unknown }
}

export interface ResourceQuota extends KubeObject {
  readonly spec: { readonly hard?: Readonly<Record<string, string>> }
}

export interface Kustomization extends KubeObject {
  readonly spec: { readonly interval: string; readonly suspend?: boolean; readonly prune?: boolean }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly lastHandledReconcileAt?: string
    readonly lastAppliedRevision?: string
    readonly [field: string]: unknown
  }
}
