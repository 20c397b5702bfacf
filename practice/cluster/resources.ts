import { eventsAsRegarding } from './event-view.ts'
import type { ClusterNode, Deployment, KubeEvent, Pod, ReplicaSet } from './objects.ts'
import { apps, core, custom, grouped, type Resource } from './resource.ts'
import type {
  Autoscaler,
  Claim,
  ControllerRevision,
  DaemonSet,
  DisruptionBudget,
  Job,
  Kustomization,
  ResourceQuota,
  StatefulSet,
} from './workloads.ts'

export type { Resource } from './resource.ts'

export const NAMESPACES: Resource = core('namespaces', 'Namespace', {
  namespaced: false,
  shortNames: ['ns'],
  subresources: ['status'],
  fields: ['status.phase'],
})
export const NODES: Resource<ClusterNode> = core('nodes', 'Node', {
  namespaced: false,
  shortNames: ['no'],
  subresources: ['status'],
  fields: ['spec.unschedulable'],
}) as Resource<ClusterNode>
export const PODS: Resource<Pod> = core('pods', 'Pod', {
  shortNames: ['po'],
  generations: true,
  subresources: ['status', 'log', 'eviction', 'exec'],
  fields: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
}) as Resource<Pod>
const EVENT_OBJECT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']
export const EVENTS: Resource<KubeEvent> = core('events', 'Event', {
  shortNames: ['ev'],
  fields: [
    ...EVENT_OBJECT.map((field) => `involvedObject.${field}`),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
}) as Resource<KubeEvent>
const EVENTS_NEW: Resource = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
  shortNames: ['ev'],
  fields: [...EVENT_OBJECT.map((field) => `regarding.${field}`), 'reason', 'reportingController', 'type'],
  storedAs: EVENTS,
  view: eventsAsRegarding,
}
export const DEPLOYMENTS: Resource<Deployment> = apps('deployments', 'Deployment', 'deploy', 'scale')
export const REPLICASETS: Resource<ReplicaSet> = apps('replicasets', 'ReplicaSet', 'rs', 'scale')
export const STATEFULSETS: Resource<StatefulSet> = apps('statefulsets', 'StatefulSet', 'sts', 'scale')
export const DAEMONSETS: Resource<DaemonSet> = apps('daemonsets', 'DaemonSet', 'ds')
export const REVISIONS: Resource<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  plural: 'controllerrevisions',
  kind: 'ControllerRevision',
  namespaced: true,
}
export const AUTOSCALERS: Resource<Autoscaler> = {
  ...grouped('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'hpa'),
  generations: false,
}
export const BUDGETS: Resource<DisruptionBudget> = grouped(
  'policy',
  'v1',
  'poddisruptionbudgets',
  'PodDisruptionBudget',
  'pdb',
)
export const JOBS: Resource<Job> = {
  ...{ group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', namespaced: true },
  subresources: ['status'],
}
export const QUOTAS = core('resourcequotas', 'ResourceQuota', {
  shortNames: ['quota'],
  subresources: ['status'],
}) as Resource<ResourceQuota>
export const KUSTOMIZATIONS: Resource<Kustomization> = custom(
  'kustomize.toolkit.fluxcd.io',
  'v1',
  'kustomizations',
  'Kustomization',
)
export const GIT_REPOSITORIES: Resource = custom(
  'source.toolkit.fluxcd.io',
  'v1',
  'gitrepositories',
  'GitRepository',
)

export const CLAIMS = core('persistentvolumeclaims', 'PersistentVolumeClaim', {
  shortNames: ['pvc'],
  subresources: ['status'],
}) as Resource<Claim>

export const RESOURCES: readonly Resource[] = [
  NAMESPACES,
  NODES,
  PODS,
  EVENTS,
  EVENTS_NEW,
  DEPLOYMENTS,
  REPLICASETS,
  STATEFULSETS,
  DAEMONSETS,
  REVISIONS,
  AUTOSCALERS,
  BUDGETS,
  JOBS,
  QUOTAS,
  core('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  core('secrets', 'Secret', { fields: ['type'] }),
  core('services', 'Service', { shortNames: ['svc'], subresources: ['status'] }),
  core('serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] }),
  CLAIMS,
  grouped('networking.k8s.io', 'v1', 'ingresses', 'Ingress', 'ing'),
  GIT_REPOSITORIES,
  KUSTOMIZATIONS,
  custom('helm.toolkit.fluxcd.io', 'v2', 'helmreleases', 'HelmRelease'),
  custom('cert-manager.io', 'v1', 'certificates', 'Certificate'),
  custom('cert-manager.io', 'v1', 'certificaterequests', 'CertificateRequest'),
  custom('tekton.dev', 'v1', 'pipelines', 'Pipeline'),
  custom('tekton.dev', 'v1', 'pipelineruns', 'PipelineRun'),
  custom('tekton.dev', 'v1', 'taskruns', 'TaskRun'),
  custom('triggers.tekton.dev', 'v1beta1', 'eventlisteners', 'EventListener'),
]

/** The resource of `apps/v1` `Deployment`. */
export function resourceOf(apiVersion: unknown, kind: unknown): Resource | undefined {
  return RESOURCES.find((row) => row.kind === kind && !row.storedAs && groupVersion(row) === apiVersion)
}

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return RESOURCES.find((row) => row.group === group && row.version === version && row.plural === plural)
}

/** `deployments.apps`, `pods`: how messages name a resource. */
export function qualifiedName({ group, plural }: Pick<Resource, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** `apps/v1`, `v1`. */
export function groupVersion({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}
