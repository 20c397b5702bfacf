import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  projectDaemonSet,
  projectDeployment,
  projectStatefulSet,
} from '../../../src/adapters/kubernetes/deployments.ts'
import { condition, metadata } from './raw-objects.ts'

const complete = condition('Progressing', 'True', 'NewReplicaSetAvailable')
const full = {
  observedGeneration: 1,
  replicas: 2,
  updatedReplicas: 2,
  readyReplicas: 2,
  availableReplicas: 2,
}

function deployment(status: object, spec: object = {}, meta: object = {}): unknown {
  return {
    metadata: metadata({ name: 'orders-service', generation: 1, ...meta }),
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'main', image: 'orders:1' }] } }, ...spec },
    status: { conditions: [complete], ...full, ...status },
  }
}

describe('a Deployment', () => {
  it('that is well has all its replicas and rolls nothing', () => {
    const annotations = { 'deployment.kubernetes.io/revision': '7' }
    expect(projectDeployment(deployment({}, {}, { annotations }))).toEqual({
      namespace: 'bakery-ia',
      name: 'orders-service',
      uid: '0d7e3a5c-1f0b-4a57-9a43-3d5f6c1c2b11',
      createdAt: new Date('2026-11-23T05:00:00Z'),
      kind: 'Deployment',
      component: 'microservice',
      desired: 2,
      ready: 2,
      available: 2,
      updated: 2,
      paused: false,
      images: ['orders:1'],
      failure: null,
      rolling: false,
      revision: '7',
      managedBy: null,
    })
  })

  it.each([
    ['its controller has not seen the newest specification', { observedGeneration: 0 }],
    ['new pods are missing', { updatedReplicas: 1 }],
    ['old pods are still there', { replicas: 3 }],
    ['the controller says so', { conditions: [condition('Progressing', 'True', 'ReplicaSetUpdated')] }],
  ])('rolls while %s', (_why, status) => {
    expect(projectDeployment(deployment(status))?.rolling).toBe(true)
  })

  it('that lost a pod after its rollout is not rolling', () => {
    const lost = { readyReplicas: 1, availableReplicas: 1 }
    expect(projectDeployment(deployment(lost))).toMatchObject({ available: 1, rolling: false, failure: null })
  })

  it('that is paused says so and does not roll', () => {
    const raw = deployment({ updatedReplicas: 0 }, { paused: true })
    expect(projectDeployment(raw)).toMatchObject({ paused: true, rolling: false, updated: 0 })
  })

  it('that took too long has failed', () => {
    const message = 'ReplicaSet "orders-service-1" has timed out progressing.'
    const late = condition('Progressing', 'False', 'ProgressDeadlineExceeded', message)
    expect(projectDeployment(deployment({ conditions: [late], updatedReplicas: 1 }))).toMatchObject({
      failure: { reason: 'ProgressDeadlineExceeded', message },
      rolling: false,
    })
  })

  it('whose pods are refused has failed for that cause, even when its deadline has passed as well', () => {
    const message = 'pods "orders-" is forbidden: exceeded quota'
    const conditions = [
      condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out'),
      condition('ReplicaFailure', 'True', 'FailedCreate', message),
    ]
    expect(projectDeployment(deployment({ conditions }))?.failure).toEqual({
      reason: 'ReplicaFailure',
      message,
    })
  })

  it('without a number wants one replica, and with zero none', () => {
    expect(projectDeployment(deployment({}, { replicas: undefined }))?.desired).toBe(1)
    expect(projectDeployment(deployment({}, { replicas: 0 }))?.desired).toBe(0)
  })

  it.each([
    ['kustomize', 'flux-system/bakery-ia'],
    ['helm', 'flux-system/bakery-ia'],
  ])('belongs to Flux by the labels of %s', (kind, owner) => {
    const labels = {
      [`${kind}.toolkit.fluxcd.io/name`]: 'bakery-ia',
      [`${kind}.toolkit.fluxcd.io/namespace`]: 'flux-system',
    }
    expect(projectDeployment(deployment({}, {}, { labels }))?.managedBy).toBe(owner)
  })
})

describe('a StatefulSet', () => {
  const set = (status: object, spec: object = {}) => ({
    metadata: metadata({ name: 'redis', generation: 1 }),
    spec: { replicas: 3, ...spec },
    status: { ...full, currentRevision: 'redis-1', updateRevision: 'redis-2', ...status },
  })

  it('rolls until every pod has the new revision', () => {
    expect(projectStatefulSet(set({ updatedReplicas: 1 }))).toMatchObject({
      kind: 'StatefulSet',
      rolling: true,
      revision: 'redis-2',
    })
    expect(projectStatefulSet(set({ updatedReplicas: 3 }))?.rolling).toBe(false)
  })

  it('with a partition is done when the pods above it are', () => {
    const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }
    expect(projectStatefulSet(set({ updatedReplicas: 1 }, partition))?.rolling).toBe(false)
  })

  it('that replaces pods only when they are deleted never rolls', () => {
    const raw = set({ updatedReplicas: 0 }, { updateStrategy: { type: 'OnDelete' } })
    expect(projectStatefulSet(raw)?.rolling).toBe(false)
  })
})

describe('a DaemonSet', () => {
  it('wants one pod on every node that it is scheduled to', () => {
    const status = {
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      numberReady: 2,
      numberAvailable: 1,
      updatedNumberScheduled: 3,
    }
    const raw = { metadata: metadata({ name: 'exporter', generation: 1 }), spec: {}, status }
    expect(projectDaemonSet(raw)).toMatchObject({
      kind: 'DaemonSet',
      ...{ desired: 3, ready: 2, available: 1, updated: 3, rolling: false },
    })
  })
})

it('no JSON that comes instead of a workload makes it throw', () => {
  const hostile = fc.record({
    metadata: fc.record({ name: fc.constant('x'), uid: fc.constant('1'), labels: fc.jsonValue() }),
    spec: fc.jsonValue(),
    status: fc.oneof(fc.jsonValue(), fc.record({ conditions: fc.jsonValue() })),
  })
  fc.assert(
    fc.property(hostile, (raw) =>
      [projectDeployment, projectStatefulSet, projectDaemonSet].every(
        (project) => project(raw)?.name === 'x',
      ),
    ),
  )
})
