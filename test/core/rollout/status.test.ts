import { describe, expect, it } from 'vitest'
import type { RawObject } from '../../../src/core/ports/objects.ts'
import { worstTrouble } from '../../../src/core/rollout/pods.ts'
import { rolloutStatus } from '../../../src/core/rollout/status.ts'
import { deployment, statefulSet } from './objects.ts'

const full = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }
const stateOf = (status: object, spec: object = {}) =>
  rolloutStatus(deployment('a:1', { spec: { ...spec }, status: { ...status } }), 'Deployment')
const progressing = (reason: string, message = '') => ({
  conditions: [{ type: 'Progressing', status: 'False', reason, message }],
})

describe('the rollout of a Deployment', () => {
  it.each<[string, object, string, string]>([
    [
      'its controller is behind',
      { ...full, observedGeneration: 2 },
      'waiting',
      'its controller has not seen the change yet',
    ],
    ['new pods are missing', { ...full, updatedReplicas: 1 }, 'waiting', '1 of 3 new pods are made'],
    ['old pods are still there', { ...full, replicas: 4 }, 'waiting', '1 old pod is still to end'],
    [
      'new pods are not available',
      { ...full, availableReplicas: 1 },
      'waiting',
      '1 of 3 new pods are available',
    ],
    ['all is there', full, 'done', '3 of 3 new pods are available'],
  ])('when %s', (_when, status, state, says) => {
    expect(stateOf(status)).toMatchObject({ state, says })
  })

  it('has failed when its deadline is over, with the reason that stands behind it', () => {
    const late = {
      ...full,
      updatedReplicas: 1,
      ...progressing('ProgressDeadlineExceeded', 'ReplicaSet has timed out'),
    }
    expect(stateOf(late)).toMatchObject({ state: 'failed', says: 'ReplicaSet has timed out' })
    const refused = { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: pods' }
    expect(stateOf({ ...late, conditions: [...late.conditions, refused] })).toMatchObject({
      ...{ state: 'failed', reason: 'ProgressDeadlineExceeded', says: 'exceeded quota: pods' },
    })
    expect(stateOf({ ...full, updatedReplicas: 1, conditions: [refused] })).toMatchObject({
      ...{ state: 'waiting', reason: 'ReplicaFailure' },
    })
  })

  it('does not wait for ever when it is paused, except for pods that are on their way', () => {
    expect(stateOf({ ...full, updatedReplicas: 0 }, { paused: true })).toMatchObject({
      state: 'failed',
      reason: 'DeploymentPaused',
    })
    expect(stateOf({ ...full, availableReplicas: 2 }, { paused: true }).state).toBe('waiting')
    expect(stateOf(full, { paused: true }).state).toBe('done')
  })

  it('to nothing is done when nothing is left', () => {
    expect(stateOf({ replicas: 0 }, { replicas: 0 }).state).toBe('done')
    expect(stateOf({ replicas: 1 }, { replicas: 0 }).state).toBe('waiting')
  })
})

describe('the rollout of a StatefulSet', () => {
  const state = (status: object, spec: object = {}) =>
    rolloutStatus(statefulSet('p:1', { spec: { ...spec }, status: { ...status } }), 'StatefulSet')
  const partition = (from: number) => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: from } },
  })

  it.each<[string, object, object, string]>([
    ['its controller has never looked', { observedGeneration: 0, readyReplicas: 2 }, {}, 'waiting'],
    ['its controller is behind', { observedGeneration: 1, readyReplicas: 2 }, {}, 'waiting'],
    ['pods are not ready', { readyReplicas: 1, updatedReplicas: 2 }, partition(0), 'waiting'],
    ['pods are still old', { readyReplicas: 2, updatedReplicas: 1 }, partition(0), 'waiting'],
    ['all pods are new', { readyReplicas: 2, updatedReplicas: 2 }, partition(0), 'done'],
    ['all pods above the partition are new', { readyReplicas: 2, updatedReplicas: 1 }, partition(1), 'done'],
    ['revisions differ', { readyReplicas: 2, updateRevision: 'b', currentRevision: 'a' }, {}, 'waiting'],
    ['revisions agree', { readyReplicas: 2, updateRevision: 'b', currentRevision: 'b' }, {}, 'done'],
    [
      'pods change when they are deleted',
      { readyReplicas: 0 },
      { updateStrategy: { type: 'OnDelete' } },
      'done',
    ],
  ])('when %s', (_when, status, spec, expected) => {
    expect(state(status, spec).state).toBe(expected)
  })
})

describe('the rollout of a DaemonSet', () => {
  const state = (status: object) =>
    rolloutStatus({ ...statefulSet('d:1'), status: { observedGeneration: 2, ...status } }, 'DaemonSet').state

  it('waits for new pods, then for them to be available', () => {
    expect(state({ desiredNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3 })).toBe(
      'waiting',
    )
    expect(state({ desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 })).toBe(
      'waiting',
    )
    expect(state({ desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 })).toBe('done')
    expect(state({ observedGeneration: 1 })).toBe('waiting')
  })
})

describe('the worst trouble among pods', () => {
  const pod = (name: string, status: object, more: object = {}): RawObject => ({
    metadata: { name, uid: name, resourceVersion: '1', ...more },
    status: { ...status },
  })
  const waiting = (reason: string, more: object = {}) => ({
    containerStatuses: [{ state: { waiting: { reason, message: `${reason}!` } }, ...more }],
    conditions: [{ type: 'Ready', status: 'False', message: 'containers are not ready' }],
  })
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] }

  it('is why a container is held back, with how it ended', () => {
    const last = { lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }
    const pods = [
      pod('a', ready),
      pod('b', waiting('ContainerCreating')),
      pod('c', waiting('CrashLoopBackOff', last)),
    ]
    expect(worstTrouble(pods)).toEqual({
      pod: 'c',
      reason: 'CrashLoopBackOff',
      message: 'OOMKilled, exit code 137',
    })
  })

  it('is why a pod finds no node', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'Insufficient cpu' },
    ]
    expect(worstTrouble([pod('a', { conditions })])).toEqual({
      pod: 'a',
      reason: 'Unschedulable',
      message: 'Insufficient cpu',
    })
  })

  it('is merely not being ready when nothing says more', () => {
    expect(worstTrouble([pod('a', waiting('ContainerCreating'))])?.reason).toBe('NotReady')
  })

  it('is nothing when all are ready, on their way out or through', () => {
    const leaving = pod('b', waiting('CrashLoopBackOff'), { deletionTimestamp: '2026-11-23T05:00:00Z' })
    expect(worstTrouble([pod('a', ready), leaving, pod('c', { phase: 'Succeeded' })])).toBeNull()
  })
})
