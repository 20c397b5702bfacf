import { describe, expect, it } from 'vitest'
import { createFromGit } from '../../../practice/cluster/controllers/flux-objects.ts'
import type { Deployment } from '../../../practice/cluster/objects.ts'
import { DEPLOYMENTS, GIT_REPOSITORIES, KUSTOMIZATIONS } from '../../../practice/cluster/resources.ts'
import { createObject, replaceObject } from '../../../practice/cluster/writes.ts'
import { type ClusterByHand, clusterByHand, deploymentManifest } from './by-hand.ts'

const MINUTE = 60_000
const metadata = { name: 'bakery-ia', namespace: 'bakery-ia' }
const inGit = (replicas: number) => {
  const manifest = deploymentManifest('shop', replicas)
  const labels = {
    ...manifest.metadata.labels,
    'kustomize.toolkit.fluxcd.io/name': 'bakery-ia',
    'kustomize.toolkit.fluxcd.io/namespace': 'bakery-ia',
  }
  return { ...manifest, metadata: { ...manifest.metadata, labels } }
}

function worldWithFlux(): ClusterByHand {
  const world = clusterByHand()
  const { cluster } = world
  cluster.git.objects = [inGit(2)]
  createFromGit(cluster, DEPLOYMENTS, inGit(2))
  createObject(cluster, GIT_REPOSITORIES, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata,
    spec: { interval: '1m' },
  })
  createObject(cluster, KUSTOMIZATIONS, {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata,
    spec: { interval: '10m', prune: true, sourceRef: { kind: 'GitRepository', name: 'bakery-ia' } },
  })
  world.clock.advance(5000)
  return world
}

const kustomization = ({ store }: ClusterByHand) => store.get(KUSTOMIZATIONS, 'bakery-ia', 'bakery-ia')!
const change = (world: ClusterByHand, by: string, more: (before: Deployment) => object) => {
  const before = world.deployment('shop')
  const manager = { name: by, operation: 'Update' } as const
  replaceObject(world.cluster, DEPLOYMENTS, before, { ...before, ...more(before) }, { manager })
}
const scaled = (replicas: number) => (before: Deployment) => ({ spec: { ...before.spec, replicas } })
const restarted = (before: Deployment) => {
  const { template } = before.spec
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-23T06:00:00Z' }
  const again = { ...template, metadata: { ...template.metadata, annotations } }
  return { spec: { ...before.spec, template: again } }
}
const isRestarted = ({ spec }: Deployment) => spec.template.metadata?.annotations !== undefined
const annotate = (world: ClusterByHand, annotations: Record<string, string>, spec: object = {}) => {
  const before = kustomization(world)
  replaceObject(world.cluster, KUSTOMIZATIONS, before, {
    ...before,
    metadata: { ...before.metadata, annotations },
    spec: { ...before.spec, ...spec },
  })
}

describe('Flux in the practice cluster', () => {
  it('says which revision it has applied', () => {
    const { status } = kustomization(worldWithFlux())
    expect(status).toMatchObject({
      observedGeneration: 1,
      lastAppliedRevision: 'main@sha1:1',
      inventory: { entries: [{ id: 'bakery-ia_shop_apps_Deployment', v: 'v1' }] },
      conditions: [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded' }],
    })
  })

  it('undoes a change of what git says, at its interval and not before', () => {
    const world = worldWithFlux()
    change(world, 'bakery', scaled(5))
    world.clock.advance(9 * MINUTE)
    expect(world.deployment('shop').spec.replicas).toBe(5)
    world.clock.advance(2 * MINUTE)
    expect(world.deployment('shop').spec.replicas).toBe(2)
  })

  it('undoes it at once when it is asked to, and says so', () => {
    const world = worldWithFlux()
    change(world, 'bakery', scaled(5))
    annotate(world, { 'reconcile.fluxcd.io/requestedAt': 'now' })
    world.clock.advance(1000)
    expect(world.deployment('shop').spec.replicas).toBe(2)
    expect(kustomization(world).status?.lastHandledReconcileAt).toBe('now')
  })

  it('leaves what git does not say, unless kubectl has said it', () => {
    const world = worldWithFlux()
    change(world, 'bakery', restarted)
    world.clock.advance(11 * MINUTE)
    expect(isRestarted(world.deployment('shop'))).toBe(true)
    const other = worldWithFlux()
    change(other, 'kubectl-rollout', restarted)
    other.clock.advance(11 * MINUTE)
    expect(isRestarted(other.deployment('shop'))).toBe(false)
  })

  it('does nothing while it is suspended, not even when asked, and catches up when it is resumed', () => {
    const world = worldWithFlux()
    annotate(world, { 'reconcile.fluxcd.io/requestedAt': 'now' }, { suspend: true })
    change(world, 'bakery', scaled(5))
    world.clock.advance(30 * MINUTE)
    expect(world.deployment('shop').spec.replicas).toBe(5)
    expect(kustomization(world).status?.lastHandledReconcileAt).toBeUndefined()
    annotate(world, {}, { suspend: false })
    world.clock.advance(1000)
    expect(world.deployment('shop').spec.replicas).toBe(2)
  })

  it('leaves an object alone that is exempt', () => {
    const world = worldWithFlux()
    const label = { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }
    change(world, 'bakery', (before) => ({
      ...scaled(5)(before),
      metadata: { ...before.metadata, labels: { ...before.metadata.labels, ...label } },
    }))
    world.clock.advance(30 * MINUTE)
    expect(world.deployment('shop').spec.replicas).toBe(5)
  })

  it('brings back what was deleted', () => {
    const world = worldWithFlux()
    world.store.remove(DEPLOYMENTS, 'bakery-ia', 'shop')
    world.clock.advance(11 * MINUTE)
    expect(world.deployment('shop').spec.replicas).toBe(2)
  })

  it('follows a commit within a minute, and deletes what is no longer in git', () => {
    const world = worldWithFlux()
    world.commit(inGit(4), 'main@sha1:2')
    world.clock.advance(MINUTE + 1000)
    expect(world.deployment('shop').spec.replicas).toBe(4)
    expect(kustomization(world).status?.lastAppliedRevision).toBe('main@sha1:2')
    world.cluster.git.objects = []
    world.cluster.git.revision = 'main@sha1:3'
    world.clock.advance(MINUTE + 1000)
    expect(world.store.get(DEPLOYMENTS, 'bakery-ia', 'shop')).toBeUndefined()
  })

  it('says of its source why it cannot be fetched', () => {
    const world = worldWithFlux()
    world.breakGit('failed to checkout and determine revision: connection refused')
    world.clock.advance(MINUTE + 1000)
    expect(world.store.get(GIT_REPOSITORIES, 'bakery-ia', 'bakery-ia')?.status).toMatchObject({
      artifact: { revision: 'main@sha1:1' },
      conditions: [
        { status: 'False', reason: 'GitOperationFailed', message: expect.stringContaining('refused') },
      ],
    })
  })
})
