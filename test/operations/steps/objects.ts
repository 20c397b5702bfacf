import type { RawObject } from '../../../src/core/ports/objects.ts'
import { templateDigest } from '../../../src/core/rollout/template.ts'
import type { ObjectRef, Step, StepKind } from '../../../src/core/steps.ts'
import type { Scene, StepOwner } from '../../../src/operations/steps/index.ts'

/** Objects as the API server has them, and one step of each kind that fits them. */
export const OWNER: StepOwner = { id: 'k3m9q2x7aa', n: 0, createdAt: '2026-11-23T05:00:00.250Z' }

export function object(kind: string, name: string, more: Partial<RawObject> = {}): RawObject {
  const { metadata, ...rest } = more
  return {
    apiVersion: 'v1',
    kind,
    ...rest,
    metadata: {
      name,
      namespace: 'bakery-ia',
      uid: `uid-of-${name}`,
      resourceVersion: '41',
      generation: 3,
      ...metadata,
    },
  }
}

export function template(image: string): Record<string, unknown> {
  return {
    metadata: { labels: { app: 'orders' } },
    spec: { containers: [{ name: 'orders', image }] },
  }
}

export function deployment(more: Partial<RawObject> = {}, image = 'orders:2'): RawObject {
  return object('Deployment', 'orders-service', {
    spec: { replicas: 2, selector: { matchLabels: { app: 'orders' } }, template: template(image) },
    status: {
      observedGeneration: 3,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [],
    },
    ...more,
  })
}

export function replicaSet(number: number, image: string): RawObject {
  return object('ReplicaSet', `orders-service-${number}`, {
    metadata: {
      name: `orders-service-${number}`,
      namespace: 'bakery-ia',
      uid: `uid-of-rs-${number}`,
      resourceVersion: '40',
      annotations: { 'deployment.kubernetes.io/revision': String(number) },
      ownerReferences: [
        { kind: 'Deployment', name: 'orders-service', uid: 'uid-of-orders-service', controller: true },
      ],
    },
    spec: { template: template(image) },
  })
}

export function scene(of: RawObject | null, more: Partial<Scene> = {}): Scene {
  return { object: of, pods: [], revisions: [], maker: null, ...more }
}

function ref<Kind extends ObjectRef['kind']>(kind: Kind, name: string): ObjectRef<Kind> {
  return { kind, namespace: kind === 'Node' ? null : 'bakery-ia', name, uid: `uid-of-${name}` }
}

export interface Example {
  readonly step: Step
  /** As it was approved. */
  readonly before: Scene
  /** The same in every other way. */
  readonly changed: Scene
}

const running = deployment()
const revisions = [replicaSet(2, 'orders:2'), replicaSet(1, 'orders:1')]
const other = {
  ...running,
  spec: { ...(running.spec as object), replicas: 4, template: template('orders:9') },
}
const autoscaler = (min: number, max: number) =>
  object('HorizontalPodAutoscaler', 'orders', { spec: { minReplicas: min, maxReplicas: max } })
const pod = object('Pod', 'orders-1', {
  metadata: {
    ...object('Pod', 'orders-1').metadata,
    ownerReferences: [{ kind: 'ReplicaSet', name: 'orders-service-2', uid: 'u', controller: true }],
  },
})
const leaving = {
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: '2026-11-23T05:00:00Z' },
}
const daemon = {
  ...pod,
  metadata: {
    ...pod.metadata,
    ownerReferences: [{ kind: 'DaemonSet', name: 'd', uid: 'u', controller: true }],
  },
}
const orders = ref('Deployment', 'orders-service')

export const EXAMPLES: Readonly<Record<StepKind, Example>> = {
  scale: {
    step: { kind: 'scale', ref: orders, from: 2, to: 5 },
    before: scene(running),
    changed: scene(other),
  },
  restart: {
    step: { kind: 'restart', ref: orders, template: templateDigest(running) },
    before: scene(running),
    changed: scene(other),
  },
  rollback: {
    step: {
      ...{ kind: 'rollback', ref: orders, from: 2, to: 1 },
      fromTemplate: templateDigest(running),
      toTemplate: templateDigest(deployment({}, 'orders:1')),
    },
    before: scene(running, { revisions }),
    changed: scene(other, { revisions }),
  },
  pause: {
    step: { kind: 'pause', ref: orders, paused: true },
    before: scene(running),
    changed: scene({ ...running, spec: { ...(running.spec as object), paused: true } }),
  },
  autoscale: {
    step: {
      kind: 'autoscale',
      ref: ref('HorizontalPodAutoscaler', 'orders'),
      from: { min: 1, max: 3 },
      to: { min: 2, max: 5 },
    },
    before: scene(autoscaler(1, 3)),
    changed: scene(autoscaler(1, 4)),
  },
  'delete-pod': {
    step: { kind: 'delete-pod', ref: ref('Pod', 'orders-1'), workload: 'orders-service' },
    before: scene(pod),
    changed: scene(leaving),
  },
  evict: {
    step: { kind: 'evict', ref: ref('Pod', 'orders-1'), node: 'node-1', workload: 'orders-service' },
    before: scene(pod),
    changed: scene(daemon),
  },
  cordon: {
    step: { kind: 'cordon', ref: ref('Node', 'node-1'), cordoned: true },
    before: scene(object('Node', 'node-1', { spec: {} })),
    changed: scene(object('Node', 'node-1', { spec: { unschedulable: true } })),
  },
  suspend: {
    step: { kind: 'suspend', ref: ref('Kustomization', 'bakery-ia'), suspended: true },
    before: scene(object('Kustomization', 'bakery-ia', { spec: {} })),
    changed: scene(object('Kustomization', 'bakery-ia', { spec: { suspend: true } })),
  },
  exempt: {
    step: { kind: 'exempt', ref: orders, exempted: true },
    before: scene(running),
    changed: scene({
      ...running,
      metadata: {
        ...running.metadata,
        labels: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' },
      },
    }),
  },
  reconcile: {
    step: { kind: 'reconcile', ref: ref('GitRepository', 'bakery-ia') },
    before: scene(object('GitRepository', 'bakery-ia', { spec: {} })),
    changed: scene(object('GitRepository', 'bakery-ia', { spec: { suspend: true } })),
  },
}
