import { describe, expect, it } from 'vitest'
import { evict } from '../../../practice/cluster/eviction.ts'
import type { Pod } from '../../../practice/cluster/objects.ts'
import {
  BUDGETS,
  CLAIMS,
  DAEMONSETS,
  DEPLOYMENTS,
  EVENTS,
  NODES,
  PODS,
  STATEFULSETS,
} from '../../../practice/cluster/resources.ts'
import { createObject, replaceObject, writeStatus } from '../../../practice/cluster/writes.ts'
import { type ClusterByHand, clusterByHand, deploymentManifest } from './by-hand.ts'

const SECOND = 1000
const namespace = 'bakery-ia'

/** A cluster of nodes with so many cores each. */
function withCores(cores: number, nodes: readonly string[] = ['node-1', 'node-2']): ClusterByHand {
  const world = clusterByHand(nodes)
  for (const node of world.store.list(NODES)) {
    const allocatable = { cpu: String(cores), memory: '8Gi', pods: '110' }
    writeStatus(world.cluster, NODES, node, { ...node.status, allocatable })
  }
  return world
}

function deploy(world: ClusterByHand, name: string, replicas: number, more: object = {}, spec: object = {}) {
  const manifest = deploymentManifest(name, replicas) as ReturnType<typeof deploymentManifest> & {
    spec: { template: { metadata: object; spec: { containers: object[] } } }
  }
  const { template } = manifest.spec
  const containers = template.spec.containers.map((container) => ({
    ...container,
    resources: { requests: { cpu: '1', memory: '1Gi' } },
  }))
  const made = { ...template, spec: { ...template.spec, containers, ...more } }
  createObject(world.cluster, DEPLOYMENTS, {
    ...manifest,
    spec: { ...manifest.spec, template: made, ...spec },
  })
  world.clock.advance(3 * SECOND)
}
const onNode = (world: ClusterByHand, name: string) =>
  Object.fromEntries(
    [...Map.groupBy(world.podsOf(name), ({ spec }) => spec.nodeName ?? 'nowhere')].map(([node, pods]) => [
      node,
      pods.length,
    ]),
  )
const conditionOf = (pod: Pod | undefined) =>
  pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
const cordon = (world: ClusterByHand, name: string) => {
  const node = world.store.get(NODES, null, name)!
  replaceObject(world.cluster, NODES, node, { ...node, spec: { ...node.spec, unschedulable: true } })
  world.clock.advance(100)
}
const reasonsOf = (world: ClusterByHand, pod: Pod) =>
  world.store
    .list(EVENTS, namespace)
    .filter(({ involvedObject }) => involvedObject.uid === pod.metadata.uid)
    .map(({ reason, message }) => `${reason}: ${message}`)

describe('nodes that fill up', () => {
  it('take what fits, and the rest waits with the reason of each node', () => {
    const world = withCores(2)
    deploy(world, 'shop', 5)
    expect(onNode(world, 'shop')).toEqual({ 'node-1': 2, 'node-2': 2, nowhere: 1 })
    const waiting = world.podsOf('shop').find(({ spec }) => spec.nodeName === undefined)
    expect(waiting?.status?.phase).toBe('Pending')
    expect(conditionOf(waiting)).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    })
    expect(world.deployment('shop').status).toMatchObject({ availableReplicas: 4, unavailableReplicas: 1 })
  })

  it('take it as soon as something has gone', () => {
    const world = withCores(2)
    deploy(world, 'shop', 4)
    deploy(world, 'late', 1)
    expect(onNode(world, 'late')).toEqual({ nowhere: 1 })
    world.scale('shop', 3)
    world.clock.advance(3 * SECOND)
    expect(world.podsOf('late')[0]?.spec.nodeName).toBeDefined()
  })

  it('say which of them is cordoned and which is full', () => {
    const world = withCores(1)
    deploy(world, 'shop', 1)
    const full = world.podsOf('shop')[0]?.spec.nodeName
    cordon(world, full === 'node-1' ? 'node-2' : 'node-1')
    deploy(world, 'late', 1)
    expect(conditionOf(world.podsOf('late')[0])?.message).toMatch(
      /^0\/2 nodes are available: 1 Insufficient cpu, 1 node\(s\) were unschedulable\. /,
    )
  })

  it('count memory and pods as well', () => {
    const world = withCores(64, ['node-1'])
    deploy(world, 'shop', 9)
    expect(onNode(world, 'shop')).toEqual({ 'node-1': 8, nowhere: 1 })
    const waiting = world.podsOf('shop').find(({ spec }) => spec.nodeName === undefined)
    expect(conditionOf(waiting)?.message).toContain('1 Insufficient memory.')
    const node = world.store.get(NODES, null, 'node-1')!
    writeStatus(world.cluster, NODES, node, {
      ...node.status,
      allocatable: { cpu: '64', memory: '64Gi', pods: '8' },
    })
    world.clock.advance(SECOND)
    expect(
      conditionOf(world.podsOf('shop').find(({ spec }) => spec.nodeName === undefined))?.message,
    ).toContain('1 Too many pods.')
  })
})

describe('a drain', () => {
  const body = (pod: Pod) =>
    JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.metadata.name } })
  const tryEviction = (world: ClusterByHand, pod: Pod): unknown => {
    const exchange = { query: new URLSearchParams(), contentType: 'application/json', userAgent: '' }
    const rest = { body: body(pod), response: undefined as never, lasting: () => {} }
    try {
      evict(world.cluster, pod, 'create', { ...exchange, ...rest })
      return null
    } catch (error) {
      return error
    }
  }

  it('waits for the budget pod by pod, moves everything but DaemonSets, and leaves what fits nowhere pending', () => {
    const world = withCores(3)
    deploy(world, 'shop', 4)
    const labels = { 'app.kubernetes.io/name': 'shop' }
    createObject(world.cluster, BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'shop', namespace },
      spec: { minAvailable: 3, selector: { matchLabels: labels } },
    })
    const { template } = deploymentManifest('agent', 1).spec as { template: object }
    const selector = { matchLabels: { 'app.kubernetes.io/name': 'agent' } }
    createObject(world.cluster, DAEMONSETS, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace },
      spec: { selector, template },
    })
    world.clock.advance(3 * SECOND)
    cordon(world, 'node-1')
    const there = () => world.podsOf('shop').filter(({ spec }) => spec.nodeName === 'node-1')
    expect(there()).toHaveLength(2)
    const [first, second] = there()
    expect(tryEviction(world, first!)).toBeNull()
    expect(tryEviction(world, second!)).toMatchObject({
      status: {
        code: 429,
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: expect.stringMatching(
                /^The disruption budget shop needs 3 healthy pods and has [34] currently$/,
              ),
            },
          ],
        },
      },
    })
    world.clock.advance(3 * SECOND)
    expect(there()).toHaveLength(1)
    expect(tryEviction(world, second!)).toBeNull()
    world.clock.advance(3 * SECOND)
    expect(onNode(world, 'shop')).toEqual({ 'node-2': 3, nowhere: 1 })
    expect(onNode(world, 'agent')).toEqual({ 'node-1': 1, 'node-2': 1 })
  })
})

const claim = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
})

describe('claims', () => {
  it('are bound to a volume of their own', () => {
    const world = clusterByHand()
    createObject(world.cluster, CLAIMS, claim('data'))
    world.clock.advance(SECOND)
    const { spec, status, metadata } = world.store.get(CLAIMS, namespace, 'data')!
    expect(spec.volumeName).toBe(`pvc-${metadata.uid}`)
    expect(status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } })
  })

  it('of a StatefulSet come with each pod, and stay for the next of its number', () => {
    const world = clusterByHand()
    const { spec } = deploymentManifest('db', 2) as { spec: object } & ReturnType<typeof deploymentManifest>
    const template = { metadata: { name: 'data' }, spec: claim('data').spec }
    createObject(world.cluster, STATEFULSETS, {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace },
      spec: { ...spec, volumeClaimTemplates: [template] },
    })
    world.clock.advance(5 * SECOND)
    const claims = () => world.store.list(CLAIMS, namespace).map(({ metadata }) => metadata)
    expect(claims().map(({ name }) => name)).toEqual(['data-db-0', 'data-db-1'])
    const uids = claims().map(({ uid }) => uid)
    world.deletePod('db-1')
    world.clock.advance(5 * SECOND)
    expect(claims().map(({ uid }) => uid)).toEqual(uids)
    expect(world.store.get(PODS, namespace, 'db-1')?.spec.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } },
    ])
  })
})

describe('a database on one volume whose strategy would start a second postmaster', () => {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  const restart = (world: ClusterByHand) => {
    const { spec } = world.deployment('db')
    const annotations = { 'bakery.test/restarted': 'now' }
    const template = { ...spec.template, metadata: { ...spec.template.metadata, annotations } }
    world.change('db', { template })
    world.clock.advance(20 * SECOND)
  }
  const started = (nodes: readonly string[], strategy: object = {}) => {
    const world = withCores(8, nodes)
    createObject(world.cluster, CLAIMS, claim('data'))
    deploy(world, 'db', 1, { volumes }, strategy)
    return world
  }
  const youngest = (world: ClusterByHand) =>
    world.podsOf('db').find(({ metadata }) => metadata.annotations?.['bakery.test/restarted'] === 'now')!

  it('hangs on a volume that is mounted on another node', () => {
    const world = started(['node-1', 'node-2'])
    restart(world)
    expect(world.podsOf('db')).toHaveLength(2)
    const pod = youngest(world)
    expect(pod.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
    })
    expect(reasonsOf(world, pod).join()).toMatch(
      /FailedAttachVolume: Multi-Attach error for volume "pvc-.+" .*pod\(s\) db-/,
    )
    expect(world.deployment('db').status).toMatchObject({ availableReplicas: 1, unavailableReplicas: 1 })
  })

  it('finds the lock of the first on the same node, and crashes', () => {
    const world = started(['node-1'])
    restart(world)
    const pod = youngest(world)
    expect(pod.status?.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    })
  })

  it('comes up by itself once the first has gone', () => {
    const world = started(['node-1', 'node-2'])
    restart(world)
    const old = world.podsOf('db').find((pod) => pod !== youngest(world))!
    world.scale('db', 0)
    world.clock.advance(10 * SECOND)
    world.scale('db', 1)
    world.clock.advance(10 * SECOND)
    expect(world.podsOf('db').map(({ metadata }) => metadata.uid)).not.toContain(old.metadata.uid)
    expect(world.deployment('db').status).toMatchObject({ availableReplicas: 1 })
  })

  it('does neither when its strategy is Recreate', () => {
    const world = started(['node-1', 'node-2'], { strategy: { type: 'Recreate' } })
    restart(world)
    expect(world.podsOf('db')).toHaveLength(1)
    expect(world.deployment('db').status).toMatchObject({ availableReplicas: 1, updatedReplicas: 1 })
  })
})
