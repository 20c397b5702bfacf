import type { RawObject } from '../../core/ports/objects.ts'
import type { Revision, WorkloadFacts, WorkloadState } from '../../core/ports/workloads.ts'
import { at, label, text } from '../../core/raw.ts'
import { currentRevision, imagesOf, type KeptRevision, revisionsOf } from '../../core/rollout/revisions.ts'
import { specifiedTemplate, templateDigest } from '../../core/rollout/template.ts'
import type { WorkloadKind } from '../../core/steps.ts'
import { autoscalerFor, projectAutoscaler } from './autoscalers.ts'
import { budgetsFor } from './budgets.ts'
import { projectDaemonSet, projectDeployment, projectStatefulSet } from './deployments.ts'
import { templateDifferences } from './differences.ts'
import { managementOf } from './management.ts'
import { podAmounts } from './pod-resources.ts'
import { nodesRoom, type PodLoad, quotaRoom } from './room.ts'
import { exclusiveClaims } from './volumes.ts'

/** Everything that was read around a workload, raw. */
export interface Surroundings {
  readonly autoscalers: readonly RawObject[]
  readonly budgets: readonly RawObject[]
  readonly quotas: readonly RawObject[]
  readonly claims: readonly RawObject[]
  /** ReplicaSets and ControllerRevisions, of other workloads too. */
  readonly kept: readonly RawObject[]
  /** Null: nodes cannot be read. */
  readonly nodes: readonly RawObject[] | null
  readonly loads: readonly PodLoad[]
  /** The Kustomization or HelmRelease that an object's labels name; null: there is none. */
  readonly ownerOf: (object: RawObject) => RawObject | null
}

const PROJECTIONS = {
  Deployment: projectDeployment,
  StatefulSet: projectStatefulSet,
  DaemonSet: projectDaemonSet,
} as const

/** The facts about one workload, made from what was read and nothing else. */
export function workloadFacts(workload: RawObject, kind: WorkloadKind, around: Surroundings): WorkloadFacts {
  const { name, namespace = '' } = workload.metadata
  const state = PROJECTIONS[kind](workload)
  const kept = revisionsOf(workload, around.kept)
  const hpa = autoscalerFor(kind, name, around.autoscalers)
  const template = at(workload, 'spec', 'template')
  const { cpu = 0, memory = 0 } = podAmounts(at(template, 'spec'), 'requests')
  return {
    ...workloadState(workload, kind, around.claims),
    replicas: state?.desired ?? 0,
    ready: state?.ready ?? 0,
    available: state?.available ?? 0,
    strategy: strategyOf(workload),
    images: imagesOf(workload),
    template: templateDigest(workload),
    revision: currentRevision(workload, kept),
    revisions: kept.map((one) => revision(workload, one)),
    managedBy: managementOf(workload, around.ownerOf(workload)),
    autoscaler: hpa === null ? null : projectAutoscaler(hpa, around.ownerOf(hpa)),
    budgets: budgetsFor(namespace, at(template, 'metadata', 'labels'), around.budgets),
    requests: { cpu, memory },
    room: {
      nodes: around.nodes === null ? null : nodesRoom(template, around.nodes, around.loads),
      quota: quotaRoom(
        template,
        around.quotas.filter(({ metadata }) => metadata.namespace === namespace),
      ),
    },
  }
}

export function workloadState(
  workload: RawObject,
  kind: WorkloadKind,
  claims: readonly RawObject[],
): WorkloadState {
  const { name, namespace = '', uid } = workload.metadata
  const state = PROJECTIONS[kind](workload)
  return {
    ref: { kind, namespace, name, uid },
    component: label(workload, 'app.kubernetes.io/component'),
    paused: state?.paused ?? false,
    rolling: state?.rolling ?? false,
    failure: state?.failure ?? null,
    exclusiveVolumes: exclusiveClaims(workload, claims),
  }
}

function strategyOf(workload: RawObject): string {
  const strategy = at(workload, 'spec', 'strategy', 'type') ?? at(workload, 'spec', 'updateStrategy', 'type')
  return text(strategy) ?? 'RollingUpdate'
}

function revision(workload: RawObject, kept: KeptRevision): Revision {
  const { number, template, images, changeCause, createdAt, object } = kept
  const differences = templateDifferences(specifiedTemplate(workload), specifiedTemplate(object))
  return { number, template, images, changeCause, createdAt, differences }
}
