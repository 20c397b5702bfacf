import type { ClusterEvent, ClusterNode, Deployment, Pod } from '../../core/ports/cluster.ts'
import { projectDaemonSet, projectDeployment, projectStatefulSet } from './deployments.ts'
import { projectEvent } from './events.ts'
import type { ApiRequest } from './exchange.ts'
import type { Operation } from './failures.ts'
import { projectNode } from './nodes.ts'
import { projectPod } from './pods.ts'

/** One kind of object: where it is and what is kept of it. */
export interface Resource<T> {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** Null: not in a namespace. */
  readonly namespace: string | null
  /** The small type that stays; the raw object is dropped. Null: not an object worth keeping. */
  readonly project: (raw: unknown) => T | null
  /** Keeps only so many of the newest, where there can be any number. */
  readonly newest?: { readonly keep: number; readonly at: (item: T) => Date } | undefined
}

export interface Resources {
  readonly pods: Resource<Pod>
  readonly deployments: Resource<Deployment>
  readonly statefulSets: Resource<Deployment>
  readonly daemonSets: Resource<Deployment>
  readonly nodes: Resource<ClusterNode>
  readonly events: Resource<ClusterEvent>
}

const KEPT_EVENTS = 1_000

/** Everything that is read of the platform; deploy/base/reader.yaml grants exactly this. */
export function resourcesOf(namespace: string): Resources {
  const apps = { group: 'apps', version: 'v1', namespace }
  return {
    pods: { group: '', version: 'v1', plural: 'pods', namespace, project: projectPod },
    deployments: { ...apps, plural: 'deployments', project: projectDeployment },
    statefulSets: { ...apps, plural: 'statefulsets', project: projectStatefulSet },
    daemonSets: { ...apps, plural: 'daemonsets', project: projectDaemonSet },
    nodes: { group: '', version: 'v1', plural: 'nodes', namespace: null, project: projectNode },
    events: {
      ...{ group: 'events.k8s.io', version: 'v1', plural: 'events', namespace, project: projectEvent },
      newest: { keep: KEPT_EVENTS, at: (event) => event.at },
    },
  }
}

type Place = Pick<Resource<unknown>, 'group' | 'version' | 'plural' | 'namespace'>

export function operationOf({ group, plural, namespace }: Place, verb: Operation['verb']): Operation {
  return { verb, resource: plural, group, namespace }
}

/** `/apis/apps/v1/namespaces/bakery-ia/deployments`; the core group lies under `/api`. */
export function pathOf({ group, version, plural, namespace }: Place): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespace === null
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
}

export function requestOf(
  resource: Place,
  verb: Operation['verb'],
  query: ApiRequest['query'] = {},
): ApiRequest {
  return { operation: operationOf(resource, verb), path: pathOf(resource), query }
}
