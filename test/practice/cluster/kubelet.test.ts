import { describe, expect, it } from 'vitest'
import type { Behaviour } from '../../../practice/cluster/controllers/kubelet.ts'
import { EVENTS, NODES } from '../../../practice/cluster/resources.ts'
import { type ClusterByHand, clusterByHand, deploy } from './by-hand.ts'

function withPods(replicas = 1, nodes?: readonly string[]): ClusterByHand {
  const world = clusterByHand(nodes)
  deploy(world, 'shop', replicas)
  world.clock.advance(2000)
  return world
}
const container = (world: ClusterByHand) => world.podsOf('shop')[0]?.status?.containerStatuses?.[0]
const reasons = (world: ClusterByHand) => world.store.list(EVENTS).map(({ reason }) => reason)
const rolledOut = (behaviour: Behaviour) => {
  const world = clusterByHand()
  deploy(world, 'shop', 0)
  world.clock.advance(100)
  world.setBehaviour('shop', behaviour)
  world.scale('shop', 1)
  return world
}

describe('a pod of the practice cluster', () => {
  it('is scheduled, started and ready within a second, and its events say so', () => {
    const world = withPods()
    expect(world.podsOf('shop')[0]).toMatchObject({
      spec: { nodeName: 'node-1' },
      status: { phase: 'Running', containerStatuses: [{ ready: true, restartCount: 0, lastState: {} }] },
    })
    expect(reasons(world)).toEqual(
      expect.arrayContaining(['ScalingReplicaSet', 'SuccessfulCreate', 'Scheduled', 'Started']),
    )
  })

  it('restarts again and again when it crashes in place, and keeps the count when it is mended', () => {
    const world = withPods()
    world.setPodBehaviour('shop', 'crash-loop')
    world.clock.advance(20_000)
    const broken = container(world)!
    expect(broken).toMatchObject({
      ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    })
    expect(broken.restartCount).toBeGreaterThan(3)
    world.setPodBehaviour('shop', null)
    world.clock.advance(2000)
    expect(container(world)).toMatchObject({
      ready: true,
      restartCount: broken.restartCount,
      lastState: { terminated: { exitCode: 1 } },
    })
  })

  it('says OOMKilled and 137 when its memory ran out', () => {
    const world = rolledOut('out-of-memory')
    world.clock.advance(5000)
    expect(container(world)?.lastState).toMatchObject({ terminated: { exitCode: 137, reason: 'OOMKilled' } })
  })

  it('stays pending with ImagePullBackOff when its image is missing', () => {
    const world = rolledOut('image-missing')
    world.clock.advance(5000)
    expect(world.podsOf('shop')[0]?.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
    })
    expect(reasons(world)).toEqual(expect.arrayContaining(['Failed', 'BackOff']))
  })

  it('runs and is never ready when its probe fails', () => {
    const world = rolledOut('never-ready')
    world.clock.advance(60_000)
    expect(container(world)).toMatchObject({ ready: false, started: true, restartCount: 0 })
    expect(reasons(world)).toContain('Unhealthy')
  })

  it('takes ten seconds when it is slow', () => {
    const world = rolledOut('slow')
    world.clock.advance(9000)
    expect(container(world)).toBeUndefined()
    world.clock.advance(2000)
    expect(container(world)?.ready).toBe(true)
  })

  it('ends within a second of being deleted, and another takes its place', () => {
    const world = withPods()
    const [before] = world.podsOf('shop')
    world.deletePod(before!.metadata.name)
    expect(world.podsOf('shop')[0]?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
    world.clock.advance(2000)
    const [after, ...others] = world.podsOf('shop')
    expect(others).toEqual([])
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid)
  })

  it('has its events forgotten after an hour', () => {
    const world = withPods()
    world.clock.advance(3_700_000)
    expect(reasons(world)).toEqual([])
  })
})

describe('a node of the practice cluster', () => {
  it('beats, and its pods share the nodes evenly', () => {
    const world = withPods(4)
    const nodes = world.podsOf('shop').map(({ spec }) => spec.nodeName)
    expect(nodes.filter((name) => name === 'node-1')).toHaveLength(2)
    const beat = () => world.store.get(NODES, null, 'node-1')?.status?.conditions?.[0]?.lastHeartbeatTime
    const before = beat()
    world.clock.advance(20_000)
    expect(beat()).not.toBe(before)
  })

  const node = (world: ClusterByHand) => world.store.get(NODES, null, 'node-1')
  const onNode = (world: ClusterByHand) =>
    world.podsOf('shop').filter(({ spec }) => spec.nodeName === 'node-1')

  it('that is not ready is tainted and gets no new pod, while those that it has go on', () => {
    const world = withPods(2)
    world.setNodeReady('node-1', false)
    world.clock.advance(1000)
    expect(node(world)?.spec.taints).toMatchObject([
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
    ])
    expect(node(world)?.status?.conditions?.[0]).toMatchObject({
      type: 'Ready',
      status: 'False',
      reason: 'KubeletNotReady',
    })
    world.scale('shop', 4)
    world.clock.advance(2000)
    expect(onNode(world)).toHaveLength(1)
    expect(world.deployment('shop').status).toMatchObject({ readyReplicas: 4 })
    world.setNodeReady('node-1', true)
    world.clock.advance(1000)
    expect(node(world)?.spec).toEqual({})
  })

  it('that is lost takes its pods with it at once, and gives them back when it returns in time', () => {
    const world = withPods(2)
    world.loseNode('node-1')
    world.clock.advance(1000)
    expect(node(world)?.status?.conditions?.[0]).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
    })
    expect(world.deployment('shop').status).toMatchObject({ readyReplicas: 1 })
    world.setNodeReady('node-1', true)
    world.clock.advance(1000)
    expect(world.deployment('shop').status).toMatchObject({ readyReplicas: 2 })
    expect(onNode(world)).toHaveLength(1)
  })

  it('that stays away for five minutes loses its pods to the others', () => {
    const world = withPods(2)
    world.loseNode('node-1')
    world.clock.advance(290_000)
    expect(onNode(world)).toHaveLength(1)
    world.clock.advance(20_000)
    expect(onNode(world)).toEqual([])
    expect(world.deployment('shop').status).toMatchObject({ readyReplicas: 2 })
  })

  it('that is the only one and not ready leaves pods pending with the reason, until it is back', () => {
    const world = clusterByHand(['node-1'])
    world.setNodeReady('node-1', false)
    world.clock.advance(1000)
    deploy(world, 'shop', 1)
    world.clock.advance(1000)
    expect(world.podsOf('shop')[0]?.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    })
    world.setNodeReady('node-1', true)
    world.clock.advance(2000)
    expect(world.podsOf('shop')[0]?.status?.phase).toBe('Running')
  })
})
