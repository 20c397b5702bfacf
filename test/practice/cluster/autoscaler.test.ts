import { describe, expect, it } from 'vitest'
import type { Deployment } from '../../../practice/cluster/objects.ts'
import { AUTOSCALERS, DEPLOYMENTS } from '../../../practice/cluster/resources.ts'
import { createObject, replaceObject } from '../../../practice/cluster/writes.ts'
import { type ClusterByHand, clusterByHand, deploymentManifest } from './by-hand.ts'

/** A Deployment under an autoscaler from 1 to 3, whose pods use so many thousandths of a core of the 100 they request. */
function autoscaled(thousandths: { value: number }): ClusterByHand {
  const world = clusterByHand()
  Object.assign(world.cluster, { consumption: () => ({ cpu: thousandths.value / 1000, memory: 1 }) })
  const { spec, ...manifest } = deploymentManifest('shop', 1)
  const { template, ...others } = spec as Deployment['spec']
  const resources = { requests: { cpu: '100m', memory: '64Mi' } }
  const containers = template.spec.containers.map((container) => ({ ...container, resources }))
  const measured = { ...others, template: { ...template, spec: { containers } } }
  createObject(world.cluster, DEPLOYMENTS, { ...manifest, spec: measured })
  const target = { type: 'Utilization', averageUtilization: 70 }
  createObject(world.cluster, AUTOSCALERS, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'shop', namespace: 'bakery-ia' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  })
  world.clock.advance(20_000)
  return world
}

const replicas = (world: ClusterByHand) => world.deployment('shop').spec.replicas
const autoscaler = ({ store }: ClusterByHand) => store.get(AUTOSCALERS, 'bakery-ia', 'shop')!
const reasonOf = (world: ClusterByHand, wanted: string) =>
  autoscaler(world).status?.conditions?.find(({ type }) => type === wanted)?.reason

describe('an autoscaler of the practice cluster', () => {
  it('says what it measures, and leaves alone what is right', () => {
    const world = autoscaled({ value: 31 })
    expect(autoscaler(world).status).toMatchObject({
      currentReplicas: 1,
      desiredReplicas: 1,
      currentMetrics: [{ resource: { current: { averageUtilization: 31, averageValue: '31m' } } }],
    })
    expect(reasonOf(world, 'ScalingLimited')).toBe('DesiredWithinRange')
  })

  it('pulls a number above its bounds back within 15 seconds, and owns it from then on', () => {
    const world = autoscaled({ value: 65 })
    world.scale('shop', 5)
    world.clock.advance(15_000)
    expect(replicas(world)).toBe(3)
    expect(reasonOf(world, 'ScalingLimited')).toBe('TooManyReplicas')
    const owner = world.deployment('shop').metadata.managedFields?.at(-1)
    expect(owner).toMatchObject({ manager: 'kube-controller-manager', subresource: 'scale' })
  })

  it('grows with the load at once, and shrinks only when it has been low for five minutes', () => {
    const load = { value: 140 }
    const world = autoscaled(load)
    expect(replicas(world)).toBe(2)
    load.value = 20
    world.clock.advance(240_000)
    expect(replicas(world)).toBe(2)
    world.clock.advance(90_000)
    expect(replicas(world)).toBe(1)
  })

  it('is off while there are no replicas', () => {
    const world = autoscaled({ value: 31 })
    world.scale('shop', 0)
    world.clock.advance(30_000)
    expect(replicas(world)).toBe(0)
    expect(reasonOf(world, 'ScalingActive')).toBe('ScalingDisabled')
  })

  it('follows its bounds when they change', () => {
    const world = autoscaled({ value: 31 })
    const before = autoscaler(world)
    const spec = { ...before.spec, minReplicas: 2, maxReplicas: 6 }
    replaceObject(world.cluster, AUTOSCALERS, before, { ...before, spec })
    world.clock.advance(15_000)
    expect(replicas(world)).toBe(2)
    expect(reasonOf(world, 'ScalingLimited')).toBe('TooFewReplicas')
  })
})
