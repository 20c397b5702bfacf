import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { projectPod } from '../../../src/adapters/kubernetes/pods.ts'
import { condition, container, notReady, pod } from './raw-objects.ts'

const seen = (raw: unknown) => projectPod(raw)!
const main = (raw: unknown) => seen(raw).containers.find(({ name }) => name === 'main')!

describe('a pod as the API server tells it', () => {
  it('is shown with its workload, node, limits and times when all is well', () => {
    const raw = pod({
      phase: 'Running',
      conditions: [condition('Ready', 'True')],
      containerStatuses: [container({ running: { startedAt: '2026-11-23T05:00:30Z' } }, { ready: true })],
    })
    expect(projectPod(raw)).toEqual({
      namespace: 'bakery-ia',
      name: 'orders-service-6d4cf56db6-x2x7k',
      uid: '0d7e3a5c-1f0b-4a57-9a43-3d5f6c1c2b11',
      createdAt: new Date('2026-11-23T05:00:00Z'),
      workload: 'orders-service',
      component: 'microservice',
      node: 'node-1',
      phase: 'Running',
      ready: true,
      reason: null,
      readyChangedAt: new Date('2026-11-23T05:01:00Z'),
      deletedAt: null,
      containers: [
        {
          name: 'main',
          image: 'gitea.bakewise.ai/bakery/orders-service:1.4.2',
          ready: true,
          restarts: 0,
          state: 'running',
          reason: null,
          message: null,
          last: null,
          limits: { cpu: 0.5, memory: 536_870_912 },
          init: false,
        },
      ],
    })
  })

  it('crashes in a loop: waiting now, with how it ended before', () => {
    const raw = pod({
      phase: 'Running',
      conditions: [notReady],
      containerStatuses: [
        container(
          { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          {
            restartCount: 5,
            lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-11-23T05:05:00Z' } },
          },
        ),
      ],
    })
    expect(seen(raw)).toMatchObject({
      ready: false,
      reason: 'ContainersNotReady: containers with unready status: [main]',
    })
    expect(main(raw)).toMatchObject({
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      restarts: 5,
      last: { reason: 'Error', exitCode: 1, finishedAt: new Date('2026-11-23T05:05:00Z') },
    })
  })

  it('was killed for its memory: exit code 137 and the reason stay', () => {
    const terminated = { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-11-23T05:05:00Z' }
    const running = container({ running: {} }, { restartCount: 1, lastState: { terminated } })
    expect(main(pod({ phase: 'Running', containerStatuses: [running] })).last).toEqual({
      reason: 'OOMKilled',
      exitCode: 137,
      finishedAt: new Date('2026-11-23T05:05:00Z'),
    })
    const dead = container({ terminated })
    expect(main(pod({ phase: 'Running', containerStatuses: [dead] }))).toMatchObject({
      state: 'terminated',
      reason: 'OOMKilled',
    })
  })

  it('cannot get its image', () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image busybox' }
    const raw = pod({ phase: 'Pending', conditions: [notReady], containerStatuses: [container({ waiting })] })
    expect(main(raw)).toMatchObject({ state: 'waiting', ...waiting })
  })

  it('fits on no node: the scheduler says why, and its containers wait', () => {
    const message = '0/3 nodes are available: 3 Insufficient cpu.'
    const raw = pod(
      { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'Unschedulable', message)] },
      { nodeName: undefined },
    )
    expect(seen(raw)).toMatchObject({ node: null, phase: 'Pending', reason: `Unschedulable: ${message}` })
    expect(main(raw)).toMatchObject({ state: 'waiting', reason: null })
  })

  it('has init containers before the others, and a sidecar that is none of them', () => {
    const raw = pod(
      {
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'migrate', ready: true, restartCount: 0, state: { terminated: { reason: 'Completed' } } },
          { name: 'proxy', ready: true, restartCount: 2, state: { running: {} } },
        ],
      },
      { initContainers: [{ name: 'migrate' }, { name: 'proxy', restartPolicy: 'Always' }] },
    )
    expect(
      seen(raw).containers.map(({ name, init, state, restarts }) => [name, init, state, restarts]),
    ).toEqual([
      ['migrate', true, 'terminated', 0],
      ['proxy', false, 'running', 2],
      ['main', false, 'waiting', 0],
    ])
  })

  it('is being deleted since', () => {
    const raw = pod({ phase: 'Running' }, {}, { deletionTimestamp: '2026-11-23T06:00:00Z' })
    expect(seen(raw).deletedAt).toEqual(new Date('2026-11-23T06:00:00Z'))
  })

  it('completed: not ready, and that is no trouble', () => {
    const raw = pod({
      phase: 'Succeeded',
      conditions: [condition('Ready', 'False', 'PodCompleted')],
      containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })],
    })
    expect(seen(raw)).toMatchObject({ phase: 'Succeeded', ready: false, reason: null })
  })

  it('was evicted, with what the node lacked', () => {
    const raw = pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' })
    expect(seen(raw)).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted: The node was low on resource: memory.',
    })
  })

  it('has a phase that nobody knows', () => {
    expect(seen(pod({ phase: 'Dreaming' })).phase).toBe('Unknown')
  })
})

describe('the workload of a pod', () => {
  const owned = (kind: string, name: string, labels = {}) =>
    seen(pod({}, {}, { labels, ownerReferences: [{ kind, name, controller: true }] })).workload

  it.each([
    ['ReplicaSet', 'orders-service-6d4cf56db6', { 'pod-template-hash': '6d4cf56db6' }, 'orders-service'],
    ['ReplicaSet', 'orders-service-6d4cf56db6', {}, 'orders-service'],
    ['StatefulSet', 'redis', {}, 'redis'],
    ['DaemonSet', 'node-exporter', {}, 'node-exporter'],
    ['Job', 'backup-29381040', {}, 'backup'],
    ['Job', 'seed-once', {}, 'seed-once'],
    ['Node', 'node-1', {}, 'orders-service-6d4cf56db6-x2x7k'],
  ])('of a %s %s with labels %o is %s', (kind, name, labels, workload) => {
    expect(owned(kind, name, labels)).toBe(workload)
  })

  it('is the pod itself when it stands alone', () => {
    expect(seen(pod({}, {}, { name: 'alone', ownerReferences: undefined })).workload).toBe('alone')
  })
})

describe('anything else that comes instead of a pod', () => {
  it('is left out when it has no name or uid', () => {
    expect([projectPod(null), projectPod({}), projectPod({ metadata: { name: 'x' } })]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('never throws, whatever JSON it is', () => {
    const identity = { name: fc.constant('x'), uid: fc.constant('1') }
    const hostile = fc.record({
      metadata: fc.record({ ...identity, labels: fc.jsonValue(), ownerReferences: fc.jsonValue() }),
      spec: fc.oneof(
        fc.jsonValue(),
        fc.record({ containers: fc.jsonValue(), initContainers: fc.jsonValue() }),
      ),
      status: fc.oneof(
        fc.jsonValue(),
        fc.record({ conditions: fc.jsonValue(), containerStatuses: fc.jsonValue() }),
      ),
    })
    fc.assert(fc.property(hostile, (raw) => projectPod(raw)?.name === 'x'))
    fc.assert(fc.property(fc.jsonValue(), (raw) => projectPod(raw) === null))
  })

  it('cannot reach the prototype', () => {
    const raw = JSON.parse('{"metadata":{"name":"x","uid":"1","labels":{"__proto__":{"polluted":true}}}}')
    expect(projectPod(raw)?.component).toBeNull()
    expect('polluted' in {}).toBe(false)
  })
})
