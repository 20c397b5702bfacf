import { type Cluster, safeEncode } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { hash } from '../hash.ts'
import { canonical, type KubeObject, type PodTemplate } from '../objects.ts'
import { groupVersion, REVISIONS, type Resource } from '../resources.ts'
import type { ControllerRevision } from '../workloads.ts'
import { createObject } from '../writes.ts'

export const REVISION_HASH = 'controller-revision-hash'

type Owner = KubeObject & {
  readonly spec: { readonly template: PodTemplate; readonly revisionHistoryLimit: number }
}

export const revisionsOf = ({ store }: Cluster, { metadata }: KubeObject): readonly ControllerRevision[] =>
  store.ownedBy(REVISIONS, metadata.uid).toSorted((a, b) => a.revision - b.revision)

/** The revision of the template that the owner has now: a new one, or one from its history that becomes the newest. */
export function currentRevision(cluster: Cluster, resource: Resource, owner: Owner): ControllerRevision {
  const known = revisionsOf(cluster, owner)
  const newest = known.at(-1)
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' as const } } }
  const same = known.find((one) => canonical(one.data) === canonical(data))
  if (same === undefined)
    return create(cluster, resource, owner, { data, revision: (newest?.revision ?? 0) + 1 })
  if (same === newest || newest === undefined) return same
  return cluster.store.put(REVISIONS, { ...same, revision: newest.revision + 1 })
}

function create(
  cluster: Cluster,
  resource: Resource,
  owner: Owner,
  { data, revision }: Pick<ControllerRevision, 'data' | 'revision'>,
): ControllerRevision {
  const { name, namespace = '', uid } = owner.metadata
  const text = safeEncode(String(hash(canonical(data))))
  return createObject(cluster, REVISIONS, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${text}`,
      namespace,
      labels: { ...owner.spec.template.metadata?.labels, [REVISION_HASH]: text },
      ownerReferences: [ownerReference(resource, name, uid)],
    },
    data,
    revision,
  })
}

export function ownerReference(resource: Resource, name: string, uid: string) {
  const { kind } = resource
  return { apiVersion: groupVersion(resource), kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** Forgets revisions that no pod has any more, beyond what the history may hold. */
export function forgetRevisions(cluster: Cluster, owner: Owner, inUse: ReadonlySet<string>): void {
  const spare = revisionsOf(cluster, owner).filter(({ metadata }) => !inUse.has(metadata.name))
  const excess = spare.length - owner.spec.revisionHistoryLimit
  for (const revision of spare.slice(0, Math.max(0, excess))) deleteObject(cluster, REVISIONS, revision)
}
