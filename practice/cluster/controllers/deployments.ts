import { type Cluster, safeEncode } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { hash } from '../hash.ts'
import { canonical, controllerOf, type Deployment, type PodTemplate, type ReplicaSet } from '../objects.ts'
import { DEPLOYMENTS, REPLICASETS } from '../resources.ts'
import { keyOf } from '../store.ts'
import { createObject, writeStatus } from '../writes.ts'
import { deploymentStatus } from './deployment-status.ts'
import { emit } from './events.ts'
import { boundsOf, nextStep, pausedStep, type Scaling } from './rollout.ts'
import { runController } from './runner.ts'

const HASH = 'pod-template-hash'
const PREFIX = 'deployment.kubernetes.io'
const REVISION = `${PREFIX}/revision`

/** Rolls Deployments: one ReplicaSet for each template, the newest grows while the others shrink. */
export function runDeployments(cluster: Cluster): () => void {
  return runController(cluster, {
    concerns({ object }) {
      const { namespace, name } = object.metadata
      if (object.kind === 'Deployment') return [keyOf(namespace, name)]
      const owner = object.kind === 'ReplicaSet' ? controllerOf(object) : undefined
      return owner?.kind === 'Deployment' ? [keyOf(namespace, owner.name)] : []
    },
    sync(namespace, name) {
      const deployment = cluster.store.get(DEPLOYMENTS, namespace, name)
      if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return undefined
      return syncDeployment(cluster, deployment)
    },
  })
}

/** Answers when its deadline has to be looked at, while it is under way. */
function syncDeployment(cluster: Cluster, deployment: Deployment): number | undefined {
  const sets = cluster.store.ownedBy(REPLICASETS, deployment.metadata.uid)
  const template = canonical(deployment.spec.template)
  const same = sets.filter((set) => canonical(withoutHash(set.spec.template)) === template).sort(oldestFirst)
  const others = sets.filter((set) => set !== same[0])
  const revision = Math.max(0, ...others.map(revisionOf)) + 1
  if (same[0] === undefined && deployment.spec.paused === true) return pausedStatus(cluster, deployment, sets)
  const fresh = same[0] ? revise(cluster, same[0], revision) : createSet(cluster, deployment, revision)
  const current = annotate(cluster, deployment, String(revisionOf(fresh)))

  for (const step of nextStep(current, fresh, others)) scale(cluster, current, step)
  const all = cluster.store.ownedBy(REPLICASETS, current.metadata.uid)
  const newest = all.find(({ metadata }) => metadata.uid === fresh.metadata.uid) ?? fresh
  const status = deploymentStatus(current, newest, all, cluster.clock.now())
  writeStatus(cluster, DEPLOYMENTS, current, status)
  forgetOld(cluster, current, others)
  const under = status.conditions.some(({ reason }) => reason === 'ReplicaSetUpdated')
  return under ? deployment.spec.progressDeadlineSeconds * 1000 + 1000 : undefined
}

/** A template that came while it is paused gets no ReplicaSet yet; the one before it still follows the wanted number. */
function pausedStatus(cluster: Cluster, deployment: Deployment, sets: readonly ReplicaSet[]): undefined {
  for (const step of pausedStep(deployment, sets)) scale(cluster, deployment, step)
  const all = cluster.store.ownedBy(REPLICASETS, deployment.metadata.uid)
  writeStatus(cluster, DEPLOYMENTS, deployment, deploymentStatus(deployment, null, all, cluster.clock.now()))
}

const oldestFirst = (a: ReplicaSet, b: ReplicaSet) =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1
export const revisionOf = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.[REVISION] ?? 0)

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH]: _hash, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

function createSet(cluster: Cluster, deployment: Deployment, revision: number): ReplicaSet {
  const { name, namespace = '', uid, annotations = {} } = deployment.metadata
  const { selector, template } = deployment.spec
  const label = { [HASH]: safeEncode(String(hash(canonical(template)))) }
  const labels = { ...template.metadata?.labels, ...label }
  const cause = annotations['kubernetes.io/change-cause']
  return createObject(cluster, REPLICASETS, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${label[HASH]}`,
      namespace,
      labels,
      annotations: {
        ...sizes(deployment),
        [REVISION]: String(revision),
        ...(cause === undefined ? {} : { 'kubernetes.io/change-cause': cause }),
      },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { ...selector.matchLabels, ...label } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  })
}

const sizes = (deployment: Deployment) => ({
  [`${PREFIX}/desired-replicas`]: String(deployment.spec.replicas),
  [`${PREFIX}/max-replicas`]: String(deployment.spec.replicas + boundsOf(deployment).surge),
})

/** A template that comes back gets the newest revision; the one it had stays in its history. */
function revise(cluster: Cluster, set: ReplicaSet, revision: number): ReplicaSet {
  const before = revisionOf(set)
  if (before >= revision) return set
  const { annotations = {} } = set.metadata
  const history = [annotations[`${PREFIX}/revision-history`], before].filter(Boolean).join(',')
  return cluster.store.put(REPLICASETS, {
    ...set,
    metadata: {
      ...set.metadata,
      annotations: {
        ...annotations,
        [REVISION]: String(revision),
        ...(before > 0 ? { [`${PREFIX}/revision-history`]: history } : {}),
      },
    },
  })
}

function annotate(cluster: Cluster, deployment: Deployment, revision: string): Deployment {
  const { annotations = {} } = deployment.metadata
  if (annotations[REVISION] === revision) return deployment
  const metadata = { ...deployment.metadata, annotations: { ...annotations, [REVISION]: revision } }
  return cluster.store.put(DEPLOYMENTS, { ...deployment, metadata })
}

function scale(cluster: Cluster, deployment: Deployment, { set, to }: Scaling): void {
  const { name, namespace = '' } = set.metadata
  const now = cluster.store.get(REPLICASETS, namespace, name)
  if (!now || now.spec.replicas === to) return
  const metadata = {
    ...now.metadata,
    generation: (now.metadata.generation ?? 0) + 1,
    annotations: { ...now.metadata.annotations, ...sizes(deployment) },
  }
  cluster.store.put(REPLICASETS, { ...now, metadata, spec: { ...now.spec, replicas: to } })
  const way = to > now.spec.replicas ? 'up' : 'down'
  emit(cluster, deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${way} replica set ${name} from ${now.spec.replicas} to ${to}`,
    from: 'deployment-controller',
  })
}

/** Only so many empty ReplicaSets are kept for going back. */
function forgetOld(cluster: Cluster, { spec }: Deployment, old: readonly ReplicaSet[]): void {
  const empty = old.filter((set) => set.spec.replicas === 0 && (set.status?.replicas ?? 0) === 0)
  const sorted = empty.toSorted((a, b) => revisionOf(b) - revisionOf(a))
  for (const set of sorted.slice(spec.revisionHistoryLimit)) deleteObject(cluster, REPLICASETS, set)
}
