import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { podAmounts } from '../../../src/adapters/kubernetes/pod-resources.ts'
import { nodesRoom, podLoad, quotaRoom } from '../../../src/adapters/kubernetes/room.ts'
import type { RawObject } from '../../../src/core/ports/objects.ts'

type Json = Record<string, unknown>

function node(
  name: string,
  allocatable: Json,
  more: { labels?: Json; spec?: Json; ready?: string } = {},
): RawObject {
  const { labels = {}, spec = {}, ready = 'True' } = more
  return {
    metadata: { name, uid: name, resourceVersion: '1', labels: labels as Record<string, string> },
    spec: { ...spec },
    status: { allocatable: { pods: '110', ...allocatable }, conditions: [{ type: 'Ready', status: ready }] },
  }
}

const container = (requests: Json, limits: Json = {}) => ({ name: 'main', resources: { requests, limits } })
const template = (requests: Json, spec: Json = {}) => ({
  spec: { containers: [container(requests)], ...spec },
})
const load = (on: string, requests: Record<string, number>) => ({ node: on, requests })

describe('the room on nodes', () => {
  const two = [node('a', { cpu: '2', memory: '4Gi' }), node('b', { cpu: '1', memory: '1Gi' })]

  it('is what is left of each node, by whatever is met first', () => {
    expect(nodesRoom(template({ cpu: '500m', memory: '1Gi' }), two, [])).toBe(5)
    const loads = [load('a', { cpu: 1.9 }), load('b', { memory: 2 ** 30 })]
    expect(nodesRoom(template({ cpu: '500m', memory: '1Gi' }), two, loads)).toBe(0)
  })

  it('is not lost to floating point', () => {
    expect(nodesRoom(template({ cpu: '100m' }), [node('a', { cpu: '300m' })], [])).toBe(3)
    expect(nodesRoom(template({ cpu: '100m' }), [node('a', { cpu: '1' })], [load('a', { cpu: 0.7 })])).toBe(3)
  })

  it('ends where a node takes no more pods', () => {
    expect(nodesRoom(template({}), [node('a', { pods: '3' })], [load('a', {})])).toBe(2)
  })

  it('is none for something that no node has', () => {
    expect(nodesRoom(template({ 'nvidia.com/gpu': 1 }), two, [])).toBe(0)
  })

  it.each<[string, RawObject, Json, number]>([
    ['is cordoned', node('a', { cpu: '2' }, { spec: { unschedulable: true } }), {}, 0],
    ['is not ready', node('a', { cpu: '2' }, { ready: 'Unknown' }), {}, 0],
    [
      'is tainted',
      node('a', { cpu: '2' }, { spec: { taints: [{ key: 'db', effect: 'NoSchedule' }] } }),
      {},
      0,
    ],
    [
      'would rather not',
      node('a', { cpu: '2' }, { spec: { taints: [{ key: 'db', effect: 'PreferNoSchedule' }] } }),
      {},
      2,
    ],
    [
      'is tainted and tolerated',
      node('a', { cpu: '2' }, { spec: { taints: [{ key: 'db', value: 'x', effect: 'NoSchedule' }] } }),
      { tolerations: [{ key: 'db', operator: 'Equal', value: 'x', effect: 'NoSchedule' }] },
      2,
    ],
    [
      'is tainted otherwise than tolerated',
      node('a', { cpu: '2' }, { spec: { taints: [{ key: 'db', value: 'y', effect: 'NoSchedule' }] } }),
      { tolerations: [{ key: 'db', value: 'x' }] },
      0,
    ],
    ['is not the one that is named', node('a', { cpu: '2' }), { nodeSelector: { disk: 'ssd' } }, 0],
    [
      'is the one that is named',
      node('a', { cpu: '2' }, { labels: { disk: 'ssd' } }),
      { nodeSelector: { disk: 'ssd' } },
      2,
    ],
    [
      'is outside the affinity',
      node('a', { cpu: '2' }, { labels: { zone: 'one' } }),
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['one'] }] },
              ],
            },
          },
        },
      },
      0,
    ],
  ])('of a node that %s', (_what, one, spec, room) => {
    expect(nodesRoom(template({ cpu: '1' }, spec), [one], [])).toBe(room)
  })

  it('is never negative, never less with more nodes, and whole', () => {
    const amounts = fc.record({ cpu: fc.double({ min: 0, max: 64, noNaN: true }), memory: fc.nat(2 ** 34) })
    fc.assert(
      fc.property(fc.array(amounts), amounts, fc.array(amounts, { maxLength: 5 }), (free, need, taken) => {
        const nodes = free.map(({ cpu, memory }, index) => node(`n${index}`, { cpu, memory }))
        const loads = taken.map((one, index) => load(`n${index}`, one))
        const room = nodesRoom(template(need), nodes, loads)
        expect(Number.isInteger(room) && room >= 0).toBe(true)
        expect(nodesRoom(template(need), nodes.slice(1), loads)).toBeLessThanOrEqual(room)
        expect(nodesRoom(template(need), nodes, [])).toBeGreaterThanOrEqual(room)
      }),
    )
  })

  it('is not taken by what has ended or waits for a node', () => {
    const spec = { nodeName: 'a', containers: [container({ cpu: '1' })] }
    expect(podLoad({ spec, status: { phase: 'Running' } })).toEqual({ node: 'a', requests: { cpu: 1 } })
    expect(podLoad({ spec, status: { phase: 'Failed' } })).toBeNull()
    expect(podLoad({ spec: { containers: [] }, status: { phase: 'Pending' } })).toBeNull()
  })
})

describe('what a pod asks for', () => {
  it('is its containers and sidecars together, or the greediest step of its start', () => {
    const initContainers = [
      container({ cpu: '3', memory: '10Mi' }),
      { ...container({ cpu: '500m' }), restartPolicy: 'Always' },
      container({ cpu: '1' }),
    ]
    const containers = [container({ cpu: '1', memory: '100Mi' }), container({ memory: '28Mi' })]
    const amounts = podAmounts({ containers, initContainers, overhead: { cpu: '100m' } }, 'requests')
    expect(amounts).toEqual({ cpu: 3.1, memory: 128 * 2 ** 20 })
    expect(podAmounts({ containers, initContainers: initContainers.slice(1) }, 'requests').cpu).toBe(1.5)
  })

  it('is what the pod as a whole says, where it does', () => {
    const spec = { containers: [container({ cpu: '1' })], resources: { requests: { cpu: '2' } } }
    expect(podAmounts(spec, 'requests')).toEqual({ cpu: 2 })
  })
})

describe('the room under quotas', () => {
  const quota = (name: string, hard: Json, used: Json, spec: Json = {}): RawObject => ({
    metadata: { name, namespace: 'bakery-ia', uid: name, resourceVersion: '1' },
    spec: { hard, ...spec },
    status: { hard, used },
  })
  const made = { spec: { containers: [container({ cpu: '250m' }, { memory: '512Mi' })] } }

  it('is that of the quota and resource that are met first', () => {
    const quotas = [
      quota('many', { pods: '20' }, { pods: '11' }),
      quota(
        'compute',
        { 'requests.cpu': '2', 'limits.memory': '4Gi' },
        { 'requests.cpu': '1', 'limits.memory': '1Gi' },
      ),
      quota('services', { services: '1' }, { services: '1' }),
    ]
    expect(quotaRoom(made, quotas)).toEqual({ name: 'compute', resource: 'requests.cpu', pods: 4 })
    expect(quotaRoom(made, [])).toBeNull()
  })

  it('is none when more is used than is allowed', () => {
    expect(quotaRoom(made, [quota('q', { 'count/pods': 3 }, { 'count/pods': 5 })])?.pods).toBe(0)
  })

  it.each<[string, Json, boolean]>([
    ['pods that ask for nothing', { scopes: ['BestEffort'] }, false],
    ['pods that ask for something', { scopes: ['NotBestEffort'] }, true],
    ['pods that end', { scopes: ['Terminating'] }, false],
    ['pods that do not end', { scopes: ['NotTerminating'] }, true],
    [
      'pods of another priority',
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }],
        },
      },
      false,
    ],
    ['something that is not known yet', { scopes: ['Brandnew'] }, false],
  ])('of a quota for %s', (_what, spec, counts) => {
    expect(quotaRoom(made, [quota('q', { pods: 1 }, { pods: 0 }, spec)]) !== null).toBe(counts)
  })
})
