import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { projectEvent } from '../../../src/adapters/kubernetes/events.ts'
import { projectNode } from '../../../src/adapters/kubernetes/nodes.ts'
import { quantity } from '../../../src/adapters/kubernetes/quantity.ts'
import { projectNodeUsage, projectPodUsage } from '../../../src/adapters/kubernetes/usage.ts'
import { condition, metadata } from './raw-objects.ts'

describe('a node', () => {
  const node = (conditions: unknown[], spec: object = {}) =>
    projectNode({
      metadata: metadata({ name: 'node-1', namespace: undefined }),
      spec,
      status: {
        conditions,
        allocatable: { cpu: '7910m', memory: '20Gi' },
        nodeInfo: { kubeletVersion: 'v1.36.3' },
      },
    })

  it('that is well has its allocatable cores and bytes', () => {
    expect(node([condition('Ready', 'True', 'KubeletReady'), condition('MemoryPressure', 'False')])).toEqual({
      name: 'node-1',
      ready: true,
      reason: null,
      schedulable: true,
      pressures: [],
      cpu: 7.91,
      memory: 21_474_836_480,
      version: 'v1.36.3',
      createdAt: new Date('2026-11-23T05:00:00Z'),
    })
  })

  it('whose kubelet went silent is not ready', () => {
    const silent = condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.')
    expect(node([silent])).toMatchObject({
      ready: false,
      reason: 'NodeStatusUnknown: Kubelet stopped posting node status.',
    })
  })

  it('names every pressure that is true now', () => {
    const types = ['DiskPressure', 'PIDPressure', 'NetworkUnavailable']
    expect(node(types.map((type) => condition(type, 'True')))?.pressures).toEqual(types)
  })

  it('that is cordoned takes no pods', () => {
    expect(node([], { unschedulable: true })?.schedulable).toBe(false)
  })
})

describe('an event', () => {
  const event = (fields: object) =>
    projectEvent({
      metadata: metadata({ name: 'orders.1' }),
      type: 'Warning',
      reason: 'BackOff',
      note: 'Back-off restarting failed container',
      regarding: { kind: 'Pod', name: 'orders-1' },
      ...fields,
    })

  it('of the new API counts and dates by its series', () => {
    const series = { count: 4, lastObservedTime: '2026-11-23T05:09:00.123456Z' }
    expect(event({ eventTime: '2026-11-23T05:01:00.000000Z', series })).toEqual({
      type: 'Warning',
      reason: 'BackOff',
      object: 'orders-1',
      kind: 'Pod',
      message: 'Back-off restarting failed container',
      count: 4,
      at: new Date('2026-11-23T05:09:00.123Z'),
    })
  })

  it('of the old API counts and dates by the deprecated fields', () => {
    const old = { eventTime: null, deprecatedCount: 11, deprecatedLastTimestamp: '2026-11-23T05:08:00Z' }
    expect(event(old)).toMatchObject({ count: 11, at: new Date('2026-11-23T05:08:00Z') })
  })

  it('without any time is as old as its object', () => {
    expect(event({ type: 'Strange' })).toMatchObject({
      type: 'Normal',
      count: 1,
      at: new Date('2026-11-23T05:00:00Z'),
    })
  })
})

describe('usage', () => {
  const timestamp = '2026-11-23T05:00:10Z'

  it('of a pod is the sum of its containers', () => {
    const containers = [
      { name: 'a', usage: { cpu: '12345678n', memory: '45672Ki' } },
      { name: 'b', usage: { cpu: '250m', memory: '1Mi' } },
    ]
    expect(projectPodUsage({ metadata: metadata(), timestamp, containers })).toEqual({
      name: 'orders-service-6d4cf56db6-x2x7k',
      workload: 'orders-service',
      cpu: 0.262345678,
      memory: 47_816_704,
      measuredAt: new Date(timestamp),
    })
  })

  it.each([
    ['redis-0', { 'apps.kubernetes.io/pod-index': '0' }, 'redis'],
    ['exporter-x2x7k', { 'controller-revision-hash': '5b' }, 'exporter'],
    ['alone', {}, 'alone'],
  ])('of %s with labels %o belongs to %s', (name, labels, workload) => {
    const containers = [{ usage: { cpu: '1', memory: '1' } }]
    const raw = { metadata: { name, labels }, timestamp, containers }
    expect(projectPodUsage(raw)?.workload).toBe(workload)
  })

  it('that lacks a number is left out rather than shown as zero', () => {
    expect(projectNodeUsage({ metadata: { name: 'node-1' }, timestamp, usage: { cpu: '1' } })).toBeNull()
    expect(projectPodUsage({ metadata: { name: 'x' }, timestamp, containers: [] })).toBeNull()
  })
})

describe('a quantity', () => {
  it.each([
    ['250m', 0.25],
    ['12345678n', 0.012345678],
    ['2', 2],
    ['0.5', 0.5],
    ['512Mi', 536_870_912],
    ['1.5Gi', 1_610_612_736],
    ['12e3', 12_000],
    ['1E', 1e18],
    ['5k', 5000],
    [3, 3],
  ])('%s is %d', (text, number) => expect(quantity(text)).toBeCloseTo(number, 12))

  it.each(['', 'm', '1.2.3', '5 Gi', 'NaN', '1ki', '0x10', null, {}, Number.NaN])('%s is none', (text) =>
    expect(quantity(text)).toBeNull(),
  )
})

it('no JSON that comes instead makes any of them throw', () => {
  const hostile = fc.oneof(
    fc.jsonValue(),
    fc.record({
      metadata: fc.record({ name: fc.constant('x'), uid: fc.constant('1'), labels: fc.jsonValue() }),
      ...{ spec: fc.jsonValue(), status: fc.jsonValue(), series: fc.jsonValue(), usage: fc.jsonValue() },
      ...{ containers: fc.jsonValue(), timestamp: fc.jsonValue(), regarding: fc.jsonValue() },
    }),
  )
  fc.assert(
    fc.property(hostile, (raw) => {
      for (const project of [projectNode, projectEvent, projectNodeUsage, projectPodUsage]) project(raw)
    }),
  )
})
