import { describe, expect, it } from 'vitest'
import type { ClusterNode, Deployment, Usage } from '../../src/core/ports/cluster.ts'
import { judgeDeployments } from '../../src/health/deployments.ts'
import { judgeNodes, type NodeFacts } from '../../src/health/nodes.ts'
import { judgeTop } from '../../src/health/top.ts'
import { ago, container, context, deployment, NOW, node, observed, pod, usage } from './fixtures.ts'

const onlyOrders = () => context({ services: [{ name: 'orders-service' }] })

describe('deployments', () => {
  const judge = (one: Deployment) => judgeDeployments(observed(one), onlyOrders())[0]

  it.each<[string, Partial<Deployment>, string, string]>([
    ['all replicas', {}, 'ok', ''],
    ['none of its replicas', { available: 0 }, 'critical', '0 of 1 replica available'],
    ['some of its replicas', { desired: 3, available: 2 }, 'warning', '2 of 3 replicas available'],
    [
      'no replica wanted',
      { desired: 0, available: 0 },
      'warning',
      'scaled to 0 replicas, so it serves nothing',
    ],
    [
      'a paused rollout',
      { paused: true },
      'warning',
      'the rollout is paused, so changes do not reach its pods',
    ],
    [
      'a failed rollout while the old pods serve',
      { failure: { reason: 'ProgressDeadlineExceeded', message: 'x' } },
      'warning',
      'the rollout did not finish within its deadline (ProgressDeadlineExceeded)',
    ],
    [
      'a failed rollout that takes pods away',
      { desired: 2, available: 1, failure: { reason: 'ReplicaFailure', message: 'quota' } },
      'critical',
      'pods could not be created (ReplicaFailure); 1 of 2 replicas available',
    ],
    ['a new workload without a replica yet', { available: 0, createdAt: ago(59) }, 'ok', ''],
  ])('with %s', (_what, changes, status, reason) => {
    expect(judge(deployment(changes))).toMatchObject({ status, reason })
  })

  it('misses a service that the cluster does not have', () => {
    const findings = judgeDeployments(observed(), onlyOrders())
    expect(findings).toMatchObject([
      {
        target: 'orders-service',
        status: 'critical',
        reason: 'the cluster has no workload of this name',
        next: 'deployments',
      },
    ])
  })

  it('does not mind a workload that nobody named and that is scaled to nothing', () => {
    const [, other] = judgeDeployments(
      observed(deployment(), deployment({ name: 'debug', desired: 0, available: 0 })),
      onlyOrders(),
    )
    expect(other?.status).toBe('ok')
  })
})

describe('nodes', () => {
  const judge = (changes: Partial<ClusterNode>, facts: Partial<NodeFacts> = {}) =>
    judgeNodes(
      {
        nodes: observed(node(changes)),
        usage: { ok: true, value: observed() },
        disks: { ok: true, value: [] },
        ...facts,
      },
      context(),
    )
  const used = (cpu: number, memory: number): Partial<NodeFacts> => ({
    usage: {
      ok: true,
      value: observed<Usage>({ name: 'node-1', cpu, memory: memory * 1024 ** 3, measuredAt: NOW }),
    },
  })
  const free = (value: number): Partial<NodeFacts> => ({
    disks: {
      ok: true,
      value: [{ labels: { instance: '10.0.0.5:9100', mountpoint: '/data' }, value, at: NOW }],
    },
  })

  it.each<[string, Partial<ClusterNode>, Partial<NodeFacts>, string, string]>([
    ['is ready', {}, {}, 'ok', ''],
    [
      'is not ready',
      { ready: false, reason: 'KubeletNotReady' },
      {},
      'critical',
      'not ready (KubeletNotReady)',
    ],
    [
      'is under pressure',
      { pressures: ['DiskPressure', 'MemoryPressure'] },
      {},
      'critical',
      'under pressure (DiskPressure, MemoryPressure)',
    ],
    ['is cordoned', { schedulable: false }, {}, 'warning', 'takes no new pods (cordoned)'],
    ['uses 74.9 % CPU', {}, used(5.99, 1), 'ok', ''],
    ['uses 75 % CPU', {}, used(6, 1), 'warning', 'CPU at 75 %'],
    ['uses 85 % CPU', {}, used(6.8, 1), 'critical', 'CPU at 85 %'],
    ['uses 85 % of memory', {}, used(1, 17), 'warning', 'memory at 85 % (17 GiB of 20 GiB)'],
    ['uses 90 % of memory', {}, used(1, 18), 'critical', 'memory at 90 % (18 GiB of 20 GiB)'],
    ['has 20 % of a disk free', {}, free(20), 'ok', ''],
    ['has 19.9 % of a disk free', {}, free(19.9), 'warning', 'disk /data has 20 % free'],
    ['has 9.5 % of a disk free', {}, free(9.5), 'critical', 'disk /data has 9.5 % free'],
  ])('one that %s', (_what, changes, facts, status, reason) => {
    expect(judge(changes, facts)[0]).toMatchObject({ target: 'node-1', status, reason })
  })

  it('stay known when usage and disks are not, and that is said', () => {
    const failed = { ok: false as const, reason: 'metrics-server is not ready' }
    expect(judge({}, { usage: failed, disks: { ok: false, reason: 'connection refused' } })).toMatchObject([
      { target: 'node-1', status: 'ok', facts: { cpuPercent: null, diskFreePercent: null } },
      {
        target: 'usage',
        status: 'unknown',
        reason: 'CPU and memory are not known: metrics-server is not ready',
      },
      { target: 'disk', status: 'unknown', reason: 'free disk space is not known: connection refused' },
    ])
  })

  it('have their disks told apart by name where there are several', () => {
    const disks = {
      ok: true as const,
      value: [
        { labels: { node: 'node-2', mountpoint: '/' }, value: 5, at: NOW },
        { labels: { instance: 'stranger:9100', mountpoint: '/' }, value: 50, at: NOW },
      ],
    }
    const facts = {
      nodes: observed(node(), node({ name: 'node-2' })),
      usage: { ok: true as const, value: observed<Usage>() },
      disks,
    }
    expect(judgeNodes(facts, context()).map(({ target, status }) => `${target} ${status}`)).toEqual([
      'node-1 ok',
      'node-2 critical',
      'disk stranger ok',
    ])
  })

  it('are critical when there is none', () => {
    expect(
      judgeNodes({ nodes: observed(), usage: { ok: true, value: observed() }, disks: null }, context())[0],
    ).toMatchObject({ status: 'critical', reason: 'the cluster has no node' })
  })
})

describe('top consumers', () => {
  const MIB = 1024 ** 2
  const judge = (memory: number, containers = [container()]) =>
    judgeTop(
      { pods: observed(pod({ containers })), usage: observed(usage({ memory: memory * MIB })) },
      context(),
    )

  it.each([
    [409, 'ok', ''],
    [410, 'warning', 'orders-service-7d9f8-abcde uses 80 % of its memory limit (410 MiB of 512 MiB)'],
    [487, 'critical', 'orders-service-7d9f8-abcde uses 95 % of its memory limit (487 MiB of 512 MiB)'],
  ])('with %d MiB of 512 MiB are %s', (memory, status, reason) => {
    const [summary, finding] = judge(memory)
    expect(summary?.status).toBe(status)
    expect(finding?.reason ?? '').toBe(reason)
  })

  it('have no limit when one container has none, and init containers do not count', () => {
    const open = container({ name: 'sidecar', limits: { cpu: null, memory: null } })
    expect(judge(500, [container(), open])).toHaveLength(1)
    expect(judge(500, [container(), container({ init: true })])).toHaveLength(2)
  })
})
