import type { Cluster } from '../cluster.ts'
import { type KubeObject, valueAt } from '../objects.ts'
import { GIT_REPOSITORIES, KUSTOMIZATIONS } from '../resources.ts'
import { keyOf } from '../store.ts'
import type { Kustomization } from '../workloads.ts'
import { writeStatus } from '../writes.ts'
import { emit } from './events.ts'
import { apply, belongs, entryOf, nameOf, prune } from './flux-objects.ts'
import { intervalOf, isSuspended, openRequest, reconciled } from './flux-status.ts'
import { runController } from './runner.ts'

const FROM = 'kustomize-controller'

/** Flux: fetches git at its interval and puts the objects back to what git says, whoever changed them. */
export function runFlux(cluster: Cluster): () => void {
  const stops = [runSources(cluster), runKustomizations(cluster)]
  return () => {
    for (const stop of stops) stop()
  }
}

/** When each object is looked at next; a change of it that asks for nothing does not put that off. */
function schedule({ clock }: Cluster) {
  const due = new Map<string, number>()
  return {
    /** How long until it is due; 0 when it is now. */
    left: (key: string) => Math.max(0, (due.get(key) ?? 0) - clock.now().getTime()),
    begin(key: string, object: KubeObject): number {
      const ms = intervalOf(object)
      due.set(key, clock.now().getTime() + ms)
      return ms
    },
    isNew: (key: string) => !due.has(key),
  }
}

function runSources(cluster: Cluster): () => void {
  const { store, clock, git } = cluster
  const plan = schedule(cluster)
  return runController(cluster, {
    concerns: ({ object }) =>
      object.kind === 'GitRepository' ? [keyOf(object.metadata.namespace, object.metadata.name)] : [],
    sync(namespace, name) {
      const source = store.get(GIT_REPOSITORIES, namespace, name)
      if (!source || isSuspended(source)) return undefined
      const key = keyOf(namespace, name)
      if (plan.left(key) > 0 && openRequest(source) === null) return plan.left(key)
      const again = plan.begin(key, source)
      const { revision, failure } = git
      const ok = failure === null
      const message = failure ?? `stored artifact for revision '${revision}'`
      const said = reconciled(
        source,
        { ok, reason: ok ? 'Succeeded' : 'GitOperationFailed', message },
        clock.now(),
      )
      const before = valueAt(source.status, ['artifact'])
      const isSame = valueAt(before, ['revision']) === revision
      const artifact = ok && !isSame ? { revision, lastUpdateTime: clock.now().toISOString() } : before
      writeStatus(cluster, GIT_REPOSITORIES, source, {
        ...said,
        ...(artifact === undefined ? {} : { artifact }),
      })
      return again
    },
  })
}

function runKustomizations(cluster: Cluster): () => void {
  const { store } = cluster
  const plan = schedule(cluster)
  return runController(cluster, {
    concerns({ object }) {
      const { namespace, name } = object.metadata
      if (object.kind === 'Kustomization') return [keyOf(namespace, name)]
      if (object.kind !== 'GitRepository') return []
      return store.list(KUSTOMIZATIONS).map(({ metadata }) => keyOf(metadata.namespace, metadata.name))
    },
    sync(namespace, name) {
      const kustomization = store.get(KUSTOMIZATIONS, namespace, name)
      if (!kustomization || isSuspended(kustomization)) return undefined
      const key = keyOf(namespace, name)
      const revision = revisionOf(cluster, kustomization)
      const isCurrent = revision === null || kustomization.status?.lastAttemptedRevision === revision
      const isObserved = kustomization.status?.observedGeneration === kustomization.metadata.generation
      const waits = isCurrent && isObserved && openRequest(kustomization) === null
      if (waits && plan.isNew(key)) return plan.begin(key, kustomization)
      if (waits && plan.left(key) > 0) return plan.left(key)
      const again = plan.begin(key, kustomization)
      reconcile(cluster, kustomization, revision)
      return again
    },
  })
}

/** The revision that its source has; null when there is no source here. */
function revisionOf({ store }: Cluster, { spec, metadata }: Kustomization): string | null {
  const name = valueAt(spec, ['sourceRef', 'name'])
  const source = store.get(GIT_REPOSITORIES, metadata.namespace ?? null, String(name))
  const revision = valueAt(source?.status, ['artifact', 'revision'])
  return typeof revision === 'string' ? revision : null
}

function reconcile(cluster: Cluster, kustomization: Kustomization, revision: string | null): void {
  const { clock } = cluster
  if (revision === null) {
    const outcome = {
      ok: false,
      reason: 'ArtifactFailed',
      message: 'Source artifact not found, retrying in 30s',
    }
    writeStatus(cluster, KUSTOMIZATIONS, kustomization, {
      ...kustomization.status,
      ...reconciled(kustomization, outcome, clock.now()),
    })
    return
  }
  if (cluster.git.defect !== null) {
    const outcome = { ok: false, reason: 'BuildFailed', message: cluster.git.defect }
    writeStatus(cluster, KUSTOMIZATIONS, kustomization, {
      ...kustomization.status,
      ...reconciled(kustomization, outcome, clock.now()),
      lastAttemptedRevision: revision,
    })
    emit(cluster, kustomization, { type: 'Warning', ...outcome, from: FROM })
    return
  }
  const wanted = cluster.git.objects.filter((manifest) => belongs(manifest, kustomization))
  const configured = wanted.filter((manifest) => apply(cluster, manifest))
  const pruned = kustomization.spec.prune === true ? prune(cluster, kustomization, wanted) : []
  const message = `Applied revision: ${revision}`
  const outcome = { ok: true, reason: 'ReconciliationSucceeded', message }
  writeStatus(cluster, KUSTOMIZATIONS, kustomization, {
    ...reconciled(kustomization, outcome, clock.now()),
    lastAppliedRevision: revision,
    lastAttemptedRevision: revision,
    inventory: { entries: wanted.map(entryOf) },
  })
  const said = [
    ...configured.map((one) => `${nameOf(one)} configured`),
    ...pruned.map((one) => `${one} deleted`),
  ]
  if (said.length === 0) return
  emit(cluster, kustomization, {
    type: 'Normal',
    reason: 'Progressing',
    message: said.join('\n'),
    from: FROM,
  })
}
