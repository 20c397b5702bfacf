import { createAuditLog } from '../../../practice/cluster/audit.ts'
import { type ManualClock, manualClock } from '../../../practice/cluster/clock.ts'
import type { Cluster } from '../../../practice/cluster/cluster.ts'
import { defaultConsumption } from '../../../practice/cluster/consumption.ts'
import { runControllers } from '../../../practice/cluster/controllers/index.ts'
import { createHandles, type Handles } from '../../../practice/cluster/handles.ts'
import { createLogBook } from '../../../practice/cluster/logs.ts'
import type { Deployment, Manifest, ReplicaSet } from '../../../practice/cluster/objects.ts'
import { DEPLOYMENTS, NAMESPACES, NODES, REPLICASETS } from '../../../practice/cluster/resources.ts'
import { createStore } from '../../../practice/cluster/store.ts'
import { createObject, replaceObject } from '../../../practice/cluster/writes.ts'

/** A practice cluster without a server, whose time moves only by hand. */
export interface ClusterByHand extends Handles {
  readonly cluster: Cluster
  readonly clock: ManualClock
  deployment(name: string): Deployment
  replicaSets(name: string): readonly ReplicaSet[]
  /** Changes the Deployment's spec, as an update by a person would. */
  change(name: string, spec: Partial<Deployment['spec']>): void
}

export function clusterByHand(nodes: readonly string[] = ['node-1', 'node-2']): ClusterByHand {
  const clock = manualClock(new Date('2026-11-23T06:00:00Z'))
  let turn = 0
  const cluster: Cluster = {
    store: createStore(),
    clock,
    random: () => {
      turn += 1
      return (turn * 0.618034) % 1
    },
    logs: createLogBook(() => []),
    git: { revision: 'main@sha1:1', objects: [], failure: null, defect: null },
    audit: createAuditLog(),
    consumption: defaultConsumption,
  }
  runControllers(cluster)
  createObject(cluster, NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bakery-ia' } })
  for (const name of nodes) {
    createObject(cluster, NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} })
  }
  clock.advance(1000)
  const deployment = (name: string) => cluster.store.get(DEPLOYMENTS, 'bakery-ia', name)!
  return {
    ...createHandles(cluster),
    cluster,
    clock,
    deployment,
    replicaSets: (name) => cluster.store.ownedBy(REPLICASETS, deployment(name).metadata.uid),
    change(name, spec) {
      const before = deployment(name)
      replaceObject(cluster, DEPLOYMENTS, before, { ...before, spec: { ...before.spec, ...spec } })
    },
  }
}

/** A Deployment's manifest with one container. */
export function deploymentManifest(name: string, replicas: number, image = `${name}:1`): Manifest {
  const labels = { 'app.kubernetes.io/name': name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'bakery-ia', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image }] } },
    },
  }
}

export function deploy(world: ClusterByHand, name: string, replicas: number): void {
  createObject(world.cluster, DEPLOYMENTS, deploymentManifest(name, replicas))
}
