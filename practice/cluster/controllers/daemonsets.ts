import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { type ClusterNode, controllerOf, type Pod } from '../objects.ts'
import { DAEMONSETS, NODES, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import type { ControllerRevision, DaemonSet } from '../workloads.ts'
import { createObject, writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { isReady } from './pod-status.ts'
import { currentRevision, forgetRevisions, ownerReference, REVISION_HASH } from './revisions.ts'
import { runController } from './runner.ts'

const FROM = 'daemonset-controller'
/** Taints that the pods of DaemonSets bear: a cordoned or lost node keeps them. */
const BORNE = /^node\.kubernetes\.io\//

/** One pod on every node that takes it, replaced a few at a time when the template changes. */
export function runDaemonSets(cluster: Cluster): () => void {
  const { store } = cluster
  return runController(cluster, {
    concerns({ type, object }) {
      const { namespace, name } = object.metadata
      if (object.kind === 'DaemonSet') return [keyOf(namespace, name)]
      if (object.kind === 'Node' && type !== 'MODIFIED') return all(cluster)
      const owner = object.kind === 'Pod' ? controllerOf(object) : undefined
      return owner?.kind === 'DaemonSet' ? [keyOf(namespace, owner.name)] : []
    },
    sync(namespace, name) {
      const set = store.get(DAEMONSETS, namespace, name)
      if (set && set.metadata.deletionTimestamp === undefined) syncSet(cluster, set)
      return undefined
    },
  })
}

const all = ({ store }: Cluster) =>
  store.list(DAEMONSETS).map(({ metadata }) => keyOf(metadata.namespace, metadata.name))

function syncSet(cluster: Cluster, set: DaemonSet): void {
  const revision = currentRevision(cluster, DAEMONSETS, set)
  const nodes = cluster.store.list(NODES).filter((node) => takes(node, set))
  const names = new Set(nodes.map(({ metadata }) => metadata.name))
  const pods = podsOf(cluster, set)
  for (const name of names) {
    if (!pods.some(({ spec }) => spec.nodeName === name)) createPod(cluster, set, revision, name)
  }
  for (const pod of pods) if (!names.has(pod.spec.nodeName ?? '')) remove(cluster, set, pod)
  roll(cluster, set, revision, nodes.length)
  writeStatus(cluster, DAEMONSETS, set, statusOf(set, podsOf(cluster, set), revision, nodes.length))
  const used = podsOf(cluster, set).map(
    (pod) => `${set.metadata.name}-${pod.metadata.labels?.[REVISION_HASH]}`,
  )
  forgetRevisions(cluster, set, new Set([...used, revision.metadata.name]))
}

const podsOf = ({ store }: Cluster, { metadata }: DaemonSet) => store.ownedBy(PODS, metadata.uid)
const isEnding = ({ metadata }: Pod) => metadata.deletionTimestamp !== undefined
const hashOf = ({ metadata }: ControllerRevision) => metadata.labels?.[REVISION_HASH] ?? ''
const has = (pod: Pod, revision: ControllerRevision) =>
  pod.metadata.labels?.[REVISION_HASH] === hashOf(revision)

function takes({ metadata, spec }: ClusterNode, set: DaemonSet): boolean {
  const { nodeSelector = {} } = set.spec.template.spec
  const fits = Object.entries(nodeSelector).every(([key, value]) => metadata.labels?.[key] === value)
  return fits && !spec.taints?.some(({ key, effect }) => effect !== 'PreferNoSchedule' && !BORNE.test(key))
}

function createPod(cluster: Cluster, set: DaemonSet, revision: ControllerRevision, nodeName: string): void {
  const { name, namespace = '', uid, generation = 1 } = set.metadata
  const { metadata, spec } = set.spec.template
  const labels = {
    ...metadata?.labels,
    [REVISION_HASH]: hashOf(revision),
    'pod-template-generation': String(generation),
  }
  const pod = createObject(cluster, PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      generateName: `${name}-`,
      namespace,
      labels,
      ownerReferences: [ownerReference(DAEMONSETS, name, uid)],
    },
    spec: { ...spec, nodeName },
  })
  const message = `Created pod: ${pod.metadata.name}`
  emit(cluster, set, { type: 'Normal', reason: 'SuccessfulCreate', message, from: FROM })
}

function remove(cluster: Cluster, set: DaemonSet, pod: Pod): void {
  if (isEnding(pod)) return
  deleteObject(cluster, PODS, pod)
  const message = `Deleted pod: ${pod.metadata.name}`
  emit(cluster, set, { type: 'Normal', reason: 'SuccessfulDelete', message, from: FROM })
}

/** Old pods go while no more than `maxUnavailable` are missing; those that are not ready go in any case. */
function roll(cluster: Cluster, set: DaemonSet, revision: ControllerRevision, wanted: number): void {
  const { type, rollingUpdate } = set.spec.updateStrategy
  if (type !== 'RollingUpdate') return
  const { maxUnavailable = 1 } = rollingUpdate ?? {}
  const most =
    typeof maxUnavailable === 'number'
      ? maxUnavailable
      : Math.ceil((Number.parseInt(maxUnavailable, 10) / 100) * wanted)
  const living = podsOf(cluster, set).filter((pod) => !isEnding(pod))
  const old = living.filter((pod) => !has(pod, revision))
  for (const pod of old.filter((one) => !isReady(one))) remove(cluster, set, pod)
  const missing = wanted - living.filter(isReady).length
  for (const pod of old.filter(isReady).slice(0, Math.max(0, most - missing))) remove(cluster, set, pod)
}

function statusOf(set: DaemonSet, pods: readonly Pod[], revision: ControllerRevision, wanted: number) {
  const living = pods.filter((pod) => !isEnding(pod))
  const ready = living.filter(isReady).length
  const updated = living.filter((pod) => has(pod, revision)).length
  return {
    currentNumberScheduled: living.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: wanted,
    numberReady: ready,
    observedGeneration: set.metadata.generation,
    ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
    ...(ready === 0 ? {} : { numberAvailable: ready }),
    ...(ready === wanted ? {} : { numberUnavailable: wanted - ready }),
  }
}
