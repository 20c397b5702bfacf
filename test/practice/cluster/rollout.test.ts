import { describe, expect, it } from 'vitest'
import type { PodTemplate } from '../../../practice/cluster/objects.ts'
import { DEPLOYMENTS, REPLICASETS } from '../../../practice/cluster/resources.ts'
import { clusterByHand, deploy, deploymentManifest } from './by-hand.ts'

const image = (name: string, tag: string): PodTemplate => {
  const { template } = deploymentManifest(name, 1, `${name}:${tag}`).spec as { template: PodTemplate }
  return template
}
const conditions = (status: unknown) =>
  Object.fromEntries(
    (status as { conditions: { type: string; reason: string }[] }).conditions.map(({ type, reason }) => [
      type,
      reason,
    ]),
  )

describe('a Deployment of the practice cluster', () => {
  it('runs its pods within a second and says that it is available', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 3)
    world.clock.advance(2000)
    const { status, metadata } = world.deployment('shop')
    expect(status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    })
    expect(conditions(status)).toEqual({
      Available: 'MinimumReplicasAvailable',
      Progressing: 'NewReplicaSetAvailable',
    })
    expect(metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
  })

  it('never has more pods than a quarter above nor fewer ready than a quarter below while it rolls', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 8)
    world.clock.advance(2000)
    world.change('shop', { template: image('shop', '2') })
    const seen: { living: number; ready: number }[] = []
    for (let turn = 0; turn < 200; turn += 1) {
      world.clock.advance(50)
      const living = world.podsOf('shop').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      const ready = living.filter(({ status }) => status?.containerStatuses?.[0]?.ready === true)
      seen.push({ living: living.length, ready: ready.length })
    }
    expect(Math.max(...seen.map(({ living }) => living))).toBe(10)
    expect(Math.min(...seen.map(({ ready }) => ready))).toBe(6)
    expect(world.deployment('shop').status).toMatchObject({
      replicas: 8,
      updatedReplicas: 8,
      readyReplicas: 8,
    })
    expect(new Set(world.podsOf('shop').map(({ spec }) => spec.containers[0]?.image))).toEqual(
      new Set(['shop:2']),
    )
  })

  it('keeps the old pods while the new ones crash, and says after its deadline that it failed', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 2)
    world.clock.advance(2000)
    world.setBehaviour('shop', 'crash-loop')
    world.clock.advance(60_000)
    expect(world.deployment('shop').status).toMatchObject({
      replicas: 3,
      updatedReplicas: 1,
      availableReplicas: 2,
      unavailableReplicas: 1,
    })
    expect(conditions(world.deployment('shop').status).Progressing).toBe('ReplicaSetUpdated')
    world.clock.advance(600_000)
    expect(conditions(world.deployment('shop').status)).toEqual({
      Available: 'MinimumReplicasAvailable',
      Progressing: 'ProgressDeadlineExceeded',
    })
  })

  it('takes a template that comes back from the ReplicaSet that had it, under a new revision', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 1)
    world.clock.advance(2000)
    world.change('shop', { template: image('shop', '2') })
    world.clock.advance(5000)
    world.change('shop', { template: image('shop', '1') })
    world.clock.advance(5000)
    const sets = world.replicaSets('shop')
    expect(sets).toHaveLength(2)
    const current = sets.find(({ spec }) => spec.replicas === 1)
    expect(current?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
    expect(world.deployment('shop').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  it('scales up and down, the unready pods going first', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 2)
    world.clock.advance(2000)
    world.scale('shop', 5)
    world.clock.advance(2000)
    expect(world.podsOf('shop')).toHaveLength(5)
    world.setPodBehaviour('shop', 'never-ready')
    world.clock.advance(1000)
    expect(conditions(world.deployment('shop').status).Available).toBe('MinimumReplicasUnavailable')
    world.scale('shop', 0)
    world.clock.advance(2000)
    expect(world.podsOf('shop')).toEqual([])
    expect(world.deployment('shop').status).toMatchObject({ observedGeneration: 3 })
    expect(world.deployment('shop').status).not.toHaveProperty('replicas')
  })

  it('stands still while it is paused', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 2)
    world.clock.advance(2000)
    world.change('shop', { paused: true, template: image('shop', '2') })
    world.clock.advance(5000)
    expect(world.podsOf('shop').map(({ spec }) => spec.containers[0]?.image)).toEqual(['shop:1', 'shop:1'])
    expect(conditions(world.deployment('shop').status).Progressing).toBe('DeploymentPaused')
  })

  it('stops all old pods before it starts new ones when its strategy is Recreate', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 2)
    world.clock.advance(2000)
    world.change('shop', { strategy: { type: 'Recreate' } })
    world.change('shop', { template: image('shop', '2') })
    const together: string[] = []
    for (let turn = 0; turn < 60; turn += 1) {
      world.clock.advance(50)
      const images = new Set(world.podsOf('shop').map(({ spec }) => spec.containers[0]?.image))
      if (images.size > 1) together.push([...images].join())
    }
    expect(together).toEqual([])
    expect(world.deployment('shop').status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 })
  })

  it('takes its ReplicaSets and pods along when it is deleted', () => {
    const world = clusterByHand()
    deploy(world, 'shop', 2)
    world.clock.advance(2000)
    world.store.remove(DEPLOYMENTS, 'bakery-ia', 'shop')
    world.clock.advance(2000)
    expect(world.store.list(REPLICASETS)).toEqual([])
    expect(world.podsOf('shop')).toEqual([])
  })
})
