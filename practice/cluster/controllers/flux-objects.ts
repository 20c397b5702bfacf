import { applyConfiguration } from '../apply.ts'
import type { Cluster } from '../cluster.ts'
import { deleteObject } from '../delete.ts'
import { type KubeObject, type Manifest, valueAt } from '../objects.ts'
import { type Resource, resourceOf } from '../resources.ts'
import { applyTo } from '../server-side-apply.ts'
import type { Kustomization } from '../workloads.ts'
import { createObject } from '../writes.ts'

const GROUP = 'kustomize.toolkit.fluxcd.io'
const FLUX_MANAGER = { name: 'kustomize-controller', operation: 'Apply' } as const

/** Whether Flux manages what this manifest describes. */
export const isInGit = ({ metadata }: Manifest) => metadata.labels?.[`${GROUP}/name`] !== undefined

/** Whether git has this object for that Kustomization, by the labels that Flux gives it. */
export function belongs({ metadata }: Manifest, kustomization: Kustomization): boolean {
  const { name, namespace } = kustomization.metadata
  const labels = metadata.labels ?? {}
  return labels[`${GROUP}/name`] === name && labels[`${GROUP}/namespace`] === namespace
}

export const nameOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.namespace}/${metadata.name}`

/** The object in a Kustomization's inventory. */
export function entryOf({ apiVersion, kind, metadata }: Manifest) {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return { id: `${metadata.namespace ?? ''}_${metadata.name}_${group}_${kind}`, v: version }
}

/** Puts one object back to what git says; answers whether it had to. */
export function apply(cluster: Cluster, manifest: Manifest): boolean {
  const resource = resourceOf(manifest.apiVersion, manifest.kind)
  const { namespace = null, name = '' } = manifest.metadata
  if (!resource) return false
  const live = cluster.store.get(resource, namespace, name)
  if (!live) {
    createFromGit(cluster, resource, manifest)
    return true
  }
  const { labels = {}, annotations = {}, resourceVersion } = live.metadata
  if (labels[`${GROUP}/reconcile`] === 'disabled' || annotations[`${GROUP}/reconcile`] === 'disabled')
    return false
  const taken = takeOver(live)
  const after = applyTo(cluster, resource, taken, { ...manifest }, { manager: FLUX_MANAGER, force: true })
  return after.metadata.resourceVersion !== resourceVersion
}

/** What kubectl changed counts as Flux's own, so that what git does not say of it goes. */
function takeOver(live: KubeObject): KubeObject {
  const { managedFields } = live.metadata
  const isKubectl = ({ manager, subresource }: NonNullable<typeof managedFields>[number]) =>
    manager.startsWith('kubectl') && subresource === undefined
  if (!managedFields?.some(isKubectl)) return live
  const owner = managedFields.find(
    ({ manager, operation }) => manager === FLUX_MANAGER.name && operation === 'Apply',
  )
  const taken = managedFields.filter(isKubectl)
  const fieldsV1 = [owner, ...taken].reduce<unknown>((sum, entry) => union(sum, entry?.fieldsV1), {})
  const [first = taken[0]] = owner ? [owner] : []
  const others = managedFields.filter((entry) => entry !== owner && !isKubectl(entry))
  const merged = first
    ? [{ ...first, manager: FLUX_MANAGER.name, operation: FLUX_MANAGER.operation, fieldsV1 }]
    : []
  return { ...live, metadata: { ...live.metadata, managedFields: [...merged, ...others] } }
}

function union(a: unknown, b: unknown): unknown {
  const [left, right] = [a, b].map((one) => (typeof one === 'object' && one !== null ? one : {}))
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])
  return Object.fromEntries([...keys].map((key) => [key, union(valueAt(left, [key]), valueAt(right, [key]))]))
}

/** Makes an object in Flux's name. */
export function createFromGit(cluster: Cluster, resource: Resource, manifest: Manifest): void {
  const settings = { manager: FLUX_MANAGER, force: true }
  const { managedFields } = applyConfiguration(cluster, resource, null, { ...manifest }, settings)
  createObject(cluster, resource, manifest, { managedFields })
}

/** Deletes what git said at the last time and says no longer. */
export function prune(cluster: Cluster, { status }: Kustomization, wanted: readonly Manifest[]): string[] {
  const entries = valueAt(status, ['inventory', 'entries'])
  const known = Array.isArray(entries) ? (entries as { id: string; v: string }[]) : []
  const kept = new Set(wanted.map((manifest) => entryOf(manifest).id))
  return known.flatMap(({ id, v }) => {
    const [namespace = '', name = '', group = '', kind = ''] = id.split('_')
    const resource = resourceOf(group === '' ? v : `${group}/${v}`, kind)
    const object = resource && cluster.store.get(resource, namespace || null, name)
    if (kept.has(id) || !resource || !object) return []
    if (object.metadata.annotations?.[`${GROUP}/prune`] === 'disabled') return []
    deleteObject(cluster, resource, object)
    return [`${kind}/${namespace}/${name}`]
  })
}
