import type { RawObject } from '../../../src/core/ports/objects.ts'

type Json = Record<string, unknown>

/** Objects of one Deployment `orders-service`, as the API server gives them. */
export const template = (image: string, more: { labels?: Json; annotations?: Json } = {}): Json => ({
  metadata: { labels: { app: 'orders-service', ...more.labels }, ...annotated(more.annotations) },
  spec: {
    containers: [{ name: 'main', image, env: [{ name: 'LOG_LEVEL', value: 'info' }], futureField: { x: 1 } }],
    terminationGracePeriodSeconds: 30,
  },
})

const annotated = (annotations: Json | undefined) => (annotations === undefined ? {} : { annotations })

export function deployment(
  image: string,
  more: { annotations?: Json; spec?: Json; status?: Json } = {},
): RawObject {
  const { annotations = {}, spec = {}, status = {} } = more
  return {
    kind: 'Deployment',
    metadata: {
      ...{
        name: 'orders-service',
        namespace: 'bakery-ia',
        uid: 'uid-orders',
        resourceVersion: '42',
        generation: 3,
      },
      annotations: { 'deployment.kubernetes.io/revision': '3', ...annotations } as Record<string, string>,
    },
    spec: { replicas: 3, template: template(image), ...spec },
    status: { observedGeneration: 3, ...status },
  }
}

export function replicaSet(
  revision: number | string | null,
  image: string,
  { annotations = {}, owner = 'uid-orders' }: { annotations?: Record<string, string>; owner?: string } = {},
): RawObject {
  const numbered = revision === null ? {} : { 'deployment.kubernetes.io/revision': String(revision) }
  return {
    kind: 'ReplicaSet',
    metadata: {
      ...{
        name: `orders-service-${revision}`,
        namespace: 'bakery-ia',
        uid: `uid-${revision}`,
        resourceVersion: '9',
      },
      creationTimestamp: `2026-11-0${Math.min(9, Number(revision) || 1)}T05:00:00Z`,
      annotations: { ...numbered, ...annotations },
      ownerReferences: [{ kind: 'Deployment', name: 'orders-service', uid: owner, controller: true }],
    },
    spec: { template: template(image, { labels: { 'pod-template-hash': 'abc123' } }) },
  }
}

export function statefulSet(image: string, more: { spec?: Json; status?: Json } = {}): RawObject {
  return {
    kind: 'StatefulSet',
    metadata: {
      name: 'store',
      namespace: 'bakery-ia',
      uid: 'uid-store',
      resourceVersion: '7',
      generation: 2,
    },
    spec: { replicas: 2, template: template(image), ...more.spec },
    status: { observedGeneration: 2, ...more.status },
  }
}

export function controllerRevision(revision: number, image: string): RawObject {
  return {
    kind: 'ControllerRevision',
    metadata: {
      ...{
        name: `store-${revision}`,
        namespace: 'bakery-ia',
        uid: `uid-cr-${revision}`,
        resourceVersion: '3',
      },
      ownerReferences: [{ kind: 'StatefulSet', name: 'store', uid: 'uid-store', controller: true }],
    },
    revision,
    data: { spec: { template: { ...template(image), $patch: 'replace' } } },
  }
}
