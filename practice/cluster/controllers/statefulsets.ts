import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { controllerOf, type Pod, type PodSpec, type PodTemplate, valueAt } from '../objects.ts'
import { CLAIMS, PODS, STATEFULSETS } from '../resources.ts'
import { keyOf } from '../store.ts'
import type { ControllerRevision, StatefulSet } from '../workloads.ts'
import { createObject, writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { isReady } from './pod-status.ts'
import { currentRevision, forgetRevisions, ownerReference, REVISION_HASH, revisionsOf } from './revisions.ts'
import { runController } from './runner.ts'

const FROM = 'statefulset-controller'

/** Pods with numbers: made from the first up, each when those before it are ready; replaced and removed from the last down. */
export function runStatefulSets(cluster: Cluster): () => void {
  return runController(cluster, {
    concerns({ object }) {
      const { namespace, name } = object.metadata
      if (object.kind === 'StatefulSet') return [keyOf(namespace, name)]
      const owner = object.kind === 'Pod' ? controllerOf(object) : undefined
      return owner?.kind === 'StatefulSet' ? [keyOf(namespace, owner.name)] : []
    },
    sync(namespace, name) {
      const set = cluster.store.get(STATEFULSETS, namespace, name)
      if (set && set.metadata.deletionTimestamp === undefined) syncSet(cluster, set)
      return undefined
    },
  })
}

function syncSet(cluster: Cluster, set: StatefulSet): void {
  const update = currentRevision(cluster, STATEFULSETS, set)
  const known = revisionsOf(cluster, set).find(
    ({ metadata }) => metadata.name === set.status?.currentRevision,
  )
  const current = known ?? update
  step(cluster, set, { current, update })
  const pods = podsOf(cluster, set)
  const status = statusOf(set, pods, { current, update })
  writeStatus(cluster, STATEFULSETS, set, status)
  const used = pods.map((pod) => revisionOf(pod)).filter((name) => name !== undefined)
  forgetRevisions(cluster, set, new Set([...used, status.currentRevision, status.updateRevision]))
}

interface Revisions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
}

const revisionOf = ({ metadata }: Pod) => metadata.labels?.[REVISION_HASH]
const ordinalOf = ({ metadata }: Pod) => Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1)
const isEnding = ({ metadata }: Pod) => metadata.deletionTimestamp !== undefined
const podsOf = ({ store }: Cluster, { metadata }: StatefulSet) =>
  store.ownedBy(PODS, metadata.uid).toSorted((a, b) => ordinalOf(a) - ordinalOf(b))

/** One thing at a time, unless pods are managed in parallel. */
function step(cluster: Cluster, set: StatefulSet, revisions: Revisions): void {
  const { replicas, podManagementPolicy, updateStrategy } = set.spec
  const pods = podsOf(cluster, set)
  const inOrder = podManagementPolicy === 'OrderedReady'
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const pod = pods.find((one) => ordinalOf(one) === ordinal)
    if (pod === undefined) createPod(cluster, set, ordinal, revisions)
    if (inOrder && (pod === undefined || isEnding(pod) || !isReady(pod))) return
  }
  const condemned = pods.filter((pod) => ordinalOf(pod) >= replicas).toReversed()
  for (const pod of condemned) {
    if (!isEnding(pod)) remove(cluster, set, pod)
    if (inOrder) return
  }
  if (updateStrategy.type !== 'RollingUpdate') return
  const { partition = 0 } = updateStrategy.rollingUpdate ?? {}
  for (const pod of pods.filter((one) => ordinalOf(one) >= partition).toReversed()) {
    const isOld = revisionOf(pod) !== revisions.update.metadata.name
    if (isOld && !isEnding(pod)) remove(cluster, set, pod)
    if (isOld || isEnding(pod) || !isReady(pod)) return
  }
}

function createPod(
  cluster: Cluster,
  set: StatefulSet,
  ordinal: number,
  { current, update }: Revisions,
): void {
  const { name, namespace = '', uid } = set.metadata
  const { updateStrategy, serviceName } = set.spec
  const keepsOld =
    updateStrategy.type === 'RollingUpdate' && ordinal < (updateStrategy.rollingUpdate?.partition ?? 0)
  const revision = keepsOld ? current : update
  const { $patch: _directive, ...template }: PodTemplate & { $patch?: string } = revision.data.spec.template
  const podName = `${name}-${ordinal}`
  const labels = {
    ...template.metadata?.labels,
    'apps.kubernetes.io/pod-index': String(ordinal),
    [REVISION_HASH]: revision.metadata.name,
    'statefulset.kubernetes.io/pod-name': podName,
  }
  createClaims(cluster, set, podName)
  createObject(cluster, PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name: podName,
      generateName: `${name}-`,
      namespace,
      labels,
      ownerReferences: [ownerReference(STATEFULSETS, name, uid)],
    },
    spec: withClaims(set, podName, {
      ...template.spec,
      hostname: podName,
      ...(serviceName ? { subdomain: serviceName } : {}),
    }),
  })
  tell(cluster, set, 'SuccessfulCreate', `create Pod ${podName} in StatefulSet ${name} successful`)
}

const claimName = (template: string, podName: string) => `${template}-${podName}`

/** Each pod has its claims by its number: they stay when it goes, and are found again when it comes back. */
function createClaims(cluster: Cluster, { metadata, spec }: StatefulSet, podName: string): void {
  const { namespace = '' } = metadata
  for (const template of spec.volumeClaimTemplates ?? []) {
    const name = claimName(template.metadata.name ?? '', podName)
    if (cluster.store.get(CLAIMS, namespace, name)) continue
    const labels = { ...template.metadata.labels, ...spec.selector.matchLabels }
    createObject(cluster, CLAIMS, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...template.metadata, name, namespace, labels },
      spec: template.spec,
    })
  }
}

function withClaims({ spec }: StatefulSet, podName: string, pod: PodSpec): PodSpec {
  const templates = spec.volumeClaimTemplates ?? []
  if (templates.length === 0) return pod
  const own = templates.map(({ metadata: { name = '' } }) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(name, podName) },
  }))
  const names = new Set(own.map(({ name }) => name))
  const given: readonly unknown[] = Array.isArray(pod.volumes) ? pod.volumes : []
  const others = given.filter((volume) => !names.has(String(valueAt(volume, ['name']))))
  return { ...pod, volumes: [...own, ...others] }
}

function remove(cluster: Cluster, set: StatefulSet, pod: Pod): void {
  deleteObject(cluster, PODS, pod)
  const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  tell(cluster, set, 'SuccessfulDelete', message)
}

function tell(cluster: Cluster, set: StatefulSet, reason: string, message: string): void {
  emit(cluster, set, { type: 'Normal', reason, message, from: FROM })
}

function statusOf(set: StatefulSet, pods: readonly Pod[], { current, update }: Revisions) {
  const at = (revision: ControllerRevision) =>
    pods.filter((pod) => revisionOf(pod) === revision.metadata.name && !isEnding(pod)).length
  const ready = pods.filter((pod) => isReady(pod) && !isEnding(pod)).length
  const updated = at(update)
  const { replicas } = set.spec
  const isRolling = set.spec.updateStrategy.type === 'RollingUpdate'
  const done = isRolling && updated === pods.length && ready === pods.length && pods.length === replicas
  const currentReplicas = done ? updated : at(current)
  return {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    currentRevision: (done ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: 0,
    availableReplicas: ready,
  }
}
