import { eventsAsRegarding } from './event-view.ts'
import type { ClusterNode, Deployment, KubeEvent, KubeObject, Pod, ReplicaSet } from './objects.ts'

/** One kind of object that the practice cluster serves. Everything generic reads this table. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[]
  readonly subresources?: readonly string[]
  /** Custom resources refuse strategic merge patches, and their lists repeat kind and apiVersion in each item. */
  readonly custom?: boolean
  /** Fields that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly fields?: readonly string[]
  /** Served from another resource's objects, shown in another shape. */
  readonly storedAs?: Resource
  readonly view?: (object: KubeObject) => KubeObject
  /** Only for the compiler: what the objects look like. */
  readonly shape?: T
}

const core = (plural: string, kind: string, more: Partial<Resource> = {}) => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
  ...more,
})
const apps = (plural: string, kind: string, shortName: string) => ({
  group: 'apps',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
  shortNames: [shortName],
  subresources: ['status'],
})
const custom = (group: string, version: string, plural: string, kind: string) => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
  custom: true,
  subresources: ['status'],
})

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
  subresources: ['status', 'log'],
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
export const DEPLOYMENTS: Resource<Deployment> = apps('deployments', 'Deployment', 'deploy')
export const REPLICASETS: Resource<ReplicaSet> = apps('replicasets', 'ReplicaSet', 'rs')

export const RESOURCES: readonly Resource[] = [
  NAMESPACES,
  NODES,
  PODS,
  EVENTS,
  EVENTS_NEW,
  DEPLOYMENTS,
  REPLICASETS,
  apps('statefulsets', 'StatefulSet', 'sts'),
  apps('daemonsets', 'DaemonSet', 'ds'),
  core('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  core('secrets', 'Secret', { fields: ['type'] }),
  core('services', 'Service', { shortNames: ['svc'], subresources: ['status'] }),
  core('serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] }),
  core('persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'], subresources: ['status'] }),
  {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    namespaced: true,
    shortNames: ['hpa'],
    subresources: ['status'],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'ingresses',
    kind: 'Ingress',
    namespaced: true,
    shortNames: ['ing'],
    subresources: ['status'],
  },
  custom('source.toolkit.fluxcd.io', 'v1', 'gitrepositories', 'GitRepository'),
  custom('kustomize.toolkit.fluxcd.io', 'v1', 'kustomizations', 'Kustomization'),
  custom('helm.toolkit.fluxcd.io', 'v2', 'helmreleases', 'HelmRelease'),
  custom('cert-manager.io', 'v1', 'certificates', 'Certificate'),
  custom('cert-manager.io', 'v1', 'certificaterequests', 'CertificateRequest'),
  custom('tekton.dev', 'v1', 'pipelines', 'Pipeline'),
  custom('tekton.dev', 'v1', 'pipelineruns', 'PipelineRun'),
  custom('tekton.dev', 'v1', 'taskruns', 'TaskRun'),
  custom('triggers.tekton.dev', 'v1beta1', 'eventlisteners', 'EventListener'),
]

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
