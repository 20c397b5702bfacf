import { PolicyV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteObject } from '../../../practice/cluster/delete.ts'
import { BUDGETS, DAEMONSETS, NODES, PODS, STATEFULSETS } from '../../../practice/cluster/resources.ts'
import { createObject, replaceObject } from '../../../practice/cluster/writes.ts'
import { clusterByHand, deploy, deploymentManifest } from './by-hand.ts'
import { type Client, eventually, namespace, refusal, startClient } from './client.ts'

const manifest = (kind: string, name: string, spec: object) => {
  const { spec: given } = deploymentManifest(name, 1)
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: { ...(given as object), ...spec },
  }
}

describe('a node of the practice cluster that is cordoned', () => {
  it('is tainted and takes no new pods, but those of DaemonSets', () => {
    const world = clusterByHand()
    const node = world.store.get(NODES, null, 'node-1')!
    replaceObject(world.cluster, NODES, node, { ...node, spec: { ...node.spec, unschedulable: true } })
    world.clock.advance(100)
    expect(world.store.get(NODES, null, 'node-1')?.spec.taints).toMatchObject([
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    ])
    deploy(world, 'shop', 3)
    createObject(world.cluster, DAEMONSETS, manifest('DaemonSet', 'agent', {}))
    world.clock.advance(2000)
    expect(new Set(world.podsOf('shop').map(({ spec }) => spec.nodeName))).toEqual(new Set(['node-2']))
    expect(world.podsOf('agent').map(({ spec }) => spec.nodeName)).toEqual(['node-1', 'node-2'])
  })

  it('loses its taint when it is opened again', () => {
    const world = clusterByHand(['node-1'])
    for (const unschedulable of [true, false]) {
      const node = world.store.get(NODES, null, 'node-1')!
      replaceObject(world.cluster, NODES, node, { ...node, spec: { ...node.spec, unschedulable } })
      world.clock.advance(100)
    }
    expect(world.store.get(NODES, null, 'node-1')?.spec).toEqual({})
  })
})

describe('pods with numbers', () => {
  it('come from the first up and go from the last down, one at a time', () => {
    const world = clusterByHand()
    createObject(world.cluster, STATEFULSETS, manifest('StatefulSet', 'db', { replicas: 3 }))
    const names = () => world.podsOf('db').map(({ metadata }) => metadata.name)
    const seen = new Set<string>()
    for (let turn = 0; turn < 100; turn += 1) {
      world.clock.advance(50)
      seen.add(names().join())
    }
    expect([...seen]).toEqual(['db-0', 'db-0,db-1', 'db-0,db-1,db-2'])
    const set = world.store.get(STATEFULSETS, namespace, 'db')!
    replaceObject(world.cluster, STATEFULSETS, set, { ...set, spec: { ...set.spec, replicas: 1 } })
    world.clock.advance(5000)
    expect(names()).toEqual(['db-0'])
  })

  it('keep the old template below the partition', () => {
    const world = clusterByHand()
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } }
    createObject(world.cluster, STATEFULSETS, manifest('StatefulSet', 'db', { replicas: 2, updateStrategy }))
    world.clock.advance(5000)
    const set = world.store.get(STATEFULSETS, namespace, 'db')!
    const { template } = manifest('StatefulSet', 'db', {}).spec as never as typeof set.spec
    const containers = template.spec.containers.map((one) => ({ ...one, image: 'db:2' }))
    const spec = { ...set.spec, template: { ...template, spec: { ...template.spec, containers } } }
    replaceObject(world.cluster, STATEFULSETS, set, { ...set, spec })
    world.clock.advance(5000)
    expect(
      world.podsOf('db').map(
        ({
          spec: {
            containers: [one],
          },
        }) => one?.image,
      ),
    ).toEqual(['db:1', 'db:2'])
  })
})

describe('an eviction from the practice cluster, by the real client', () => {
  let client: Client
  beforeAll(async () => {
    client = await startClient()
  })
  afterAll(() => client.cluster.stop())

  it('is refused while the budget needs the pod, and goes through when another is ready', async () => {
    const labels = { 'app.kubernetes.io/name': 'orders-service' }
    const policy = client.config.makeApiClient(PolicyV1Api)
    const name = 'orders'
    const spec = { minAvailable: 1, selector: { matchLabels: labels } }
    await policy.createNamespacedPodDisruptionBudget({ namespace, body: { metadata: { name }, spec } })
    const budget = () => client.cluster.store.get(BUDGETS, namespace, name)?.status
    await eventually(budget, (status) => status?.currentHealthy === 1)
    const pod = client.cluster.podsOf('orders-service')[0]!.metadata.name
    const evict = () =>
      client.core.createNamespacedPodEviction({
        namespace,
        name: pod,
        body: { metadata: { name: pod, namespace } },
      })
    expect(await refusal(evict())).toMatchObject({
      code: 429,
      status: { reason: 'TooManyRequests', details: { causes: [{ reason: 'DisruptionBudget' }] } },
    })
    client.cluster.scale('orders-service', 2)
    await eventually(budget, (status) => status?.disruptionsAllowed === 1)
    await evict()
    await eventually(
      () => client.cluster.podsOf('orders-service').map(({ metadata }) => metadata.name),
      (names) => !names.includes(pod) && names.length === 2,
    )
    await policy.deleteNamespacedPodDisruptionBudget({ namespace, name })
  })
})

describe('a deletion in the practice cluster', () => {
  it('gives a pod as long as its own specification says', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 1)
    world.clock.advance(2000)
    const [pod] = world.podsOf('shop')
    const spec = { ...pod!.spec, terminationGracePeriodSeconds: 5 }
    const shorter = replaceObject(world.cluster, PODS, pod!, { ...pod!, spec })
    expect(deleteObject(world.cluster, PODS, shorter)?.metadata.deletionGracePeriodSeconds).toBe(5)
  })
})
