import type { Cluster } from './cluster.ts'
import { emit } from './controllers/events.ts'
import { REQUESTED } from './controllers/flux-status.ts'
import { BEHAVIOUR, type Behaviour } from './controllers/kubelet.ts'
import { deleteObject } from './delete.ts'
import type { KubeObject, Manifest, Pod } from './objects.ts'
import { NAMESPACE } from './platform-names.ts'
import { DEPLOYMENTS, GIT_REPOSITORIES, NODES, PODS, type Resource } from './resources.ts'
import type { Store } from './store.ts'
import { replaceObject } from './writes.ts'

/** What tests and the practice page do to a cluster behind the API's back. Names are of the platform's namespace. */
export interface Handles {
  readonly store: Store
  /** Rolls a Deployment out with this behaviour (null: a healthy one). Its old pods stay until new ones are ready. */
  setBehaviour(workload: string, behaviour: Behaviour | null): void
  /** Changes what the running pods of a workload do, without a rollout. */
  setPodBehaviour(workload: string, behaviour: Behaviour | null): void
  scale(workload: string, replicas: number): void
  /** The pods of a workload by its label `app.kubernetes.io/name`. */
  podsOf(workload: string): readonly Pod[]
  deletePod(name: string): void
  /** Its kubelet says that it is not ready: no new pods, and after five minutes the old ones go elsewhere. */
  setNodeReady(name: string, ready: boolean): void
  /** Its kubelet says nothing any more: nobody knows how its pods are. `setNodeReady(name, true)` brings it back. */
  loseNode(name: string): void
  /** The containers of this workload (or this pod) say these lines now. */
  appendLog(workloadOrPod: string, lines: readonly string[]): void
  warn(workload: string, reason: string, message: string): void
  /** Puts an object into the repository that Flux follows, in place of the one with its name, under a new revision. */
  commit(manifest: Manifest, revision: string): void
  /** The repository cannot be fetched, for this reason; null mends it. */
  breakGit(reason: string | null): void
  /** Somebody pushes a revision of which Flux can build nothing, for this reason; null: one that is well again. */
  pushDefect(reason: string | null, revision: string): void
  /** Forgets the history, so that old watches and continue tokens get 410. */
  compact(): void
}

export function createHandles(cluster: Cluster): Handles {
  const { store, clock, logs } = cluster
  const find = <T extends KubeObject>(resource: Resource<T>, name: string): T => {
    const object = store.get(resource, resource.namespaced ? NAMESPACE : null, name)
    if (!object) throw new Error(`the practice cluster has no ${resource.kind} ${name}`)
    return object
  }
  const podsOf = (workload: string) =>
    store
      .list(PODS, NAMESPACE)
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === workload)

  const setNode = (name: string, behaviour: 'not-ready' | 'lost' | null) => {
    const node = find(NODES, name)
    replaceObject(cluster, NODES, node, withAnnotation(node, behaviour))
  }
  return {
    store,
    podsOf,
    setBehaviour(workload, behaviour) {
      const deployment = find(DEPLOYMENTS, workload)
      const template = withBehaviour(deployment.spec.template, behaviour)
      replaceObject(cluster, DEPLOYMENTS, deployment, {
        ...deployment,
        spec: { ...deployment.spec, template },
      })
    },
    setPodBehaviour(workload, behaviour) {
      for (const pod of podsOf(workload)) replaceObject(cluster, PODS, pod, withBehaviour(pod, behaviour))
    },
    scale(workload, replicas) {
      const deployment = find(DEPLOYMENTS, workload)
      replaceObject(cluster, DEPLOYMENTS, deployment, {
        ...deployment,
        spec: { ...deployment.spec, replicas },
      })
    },
    deletePod: (name) => void deleteObject(cluster, PODS, find(PODS, name)),
    setNodeReady: (name, ready) => setNode(name, ready ? null : 'not-ready'),
    loseNode: (name) => setNode(name, 'lost'),
    appendLog: (workload, lines) => logs.append(workload, lines, clock.now()),
    warn: (workload, reason, message) =>
      emit(cluster, find(DEPLOYMENTS, workload), { type: 'Warning', reason, message, from: 'practice' }),
    commit(manifest, revision) {
      const { git } = cluster
      const isSame = (one: Manifest) =>
        one.kind === manifest.kind &&
        one.metadata.name === manifest.metadata.name &&
        one.metadata.namespace === manifest.metadata.namespace
      git.objects = [...git.objects.filter((one) => !isSame(one)), manifest]
      git.revision = revision
    },
    breakGit(reason) {
      cluster.git.failure = reason
    },
    pushDefect(reason, revision) {
      cluster.git.defect = reason
      cluster.git.revision = revision
      // As Flux's webhook receiver does: the push is fetched now and not at the next interval.
      const requestedAt = clock.now().toISOString()
      for (const source of store.list(GIT_REPOSITORIES)) {
        const annotations = { ...source.metadata.annotations, [REQUESTED]: requestedAt }
        const metadata = { ...source.metadata, annotations }
        replaceObject(cluster, GIT_REPOSITORIES, source, { ...source, metadata })
      }
    },
    compact: () => store.compact(),
  }
}

interface Annotated {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
}

const withBehaviour = <T extends Annotated>(object: T, behaviour: Behaviour | null) =>
  withAnnotation(object, behaviour)

function withAnnotation<T extends Annotated>(object: T, value: string | null) {
  const { [BEHAVIOUR]: _before, ...others } = object.metadata?.annotations ?? {}
  const annotations = value === null ? others : { ...others, [BEHAVIOUR]: value }
  const { annotations: _all, ...metadata } = object.metadata ?? {}
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
  }
}
