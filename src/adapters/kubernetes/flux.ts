import type { RawObject } from '../../core/ports/objects.ts'
import type { FluxFacts } from '../../core/ports/workloads.ts'
import { at, condition, count, list, text } from '../../core/raw.ts'
import { intervalOf, lastAppliedAt } from './management.ts'

/** What a Kustomization or HelmRelease says of itself, and the repository that it follows. */
export function projectFlux(
  object: RawObject,
  kind: 'Kustomization' | 'HelmRelease',
  repositories: readonly RawObject[],
): FluxFacts {
  const { name, namespace = null, uid } = object.metadata
  const ready = condition(object, 'Ready')
  // A condition of an older generation tells of something else.
  const current = count(at(object, 'status', 'observedGeneration')) >= count(object.metadata.generation)
  const known = current && (ready.status === 'True' || ready.status === 'False')
  return {
    ref: { kind, namespace, name, uid },
    suspended: at(object, 'spec', 'suspend') === true,
    intervalSeconds: intervalOf(object),
    source: sourceOf(object, repositories),
    ready: known ? ready.status === 'True' : null,
    reason: ready.status === 'True' ? null : text(ready.message),
    appliedRevision: appliedRevision(object),
    lastAppliedAt: lastAppliedAt(object),
  }
}

function sourceOf(object: RawObject, repositories: readonly RawObject[]): FluxFacts['source'] {
  const ref = at(object, 'spec', 'sourceRef') ?? at(object, 'spec', 'chart', 'spec', 'sourceRef')
  if (at(ref, 'kind') !== 'GitRepository') return null
  const namespace = text(at(ref, 'namespace')) ?? object.metadata.namespace
  const found = repositories.find(
    ({ metadata }) => metadata.name === at(ref, 'name') && metadata.namespace === namespace,
  )
  if (found === undefined) return null
  const { name, uid } = found.metadata
  return { kind: 'GitRepository', namespace: namespace ?? null, name, uid }
}

function appliedRevision(object: RawObject): string | null {
  const newest = list(at(object, 'status', 'history'))[0]
  return text(at(object, 'status', 'lastAppliedRevision')) ?? text(at(newest, 'chartVersion'))
}
