import { isRecord } from './objects.ts'

/** What the API server knows of its own types and the practice cluster needs: how lists and maps are merged. */

/** Lists whose items are told apart by these fields; every other list is one value. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  imagePullSecrets: ['name'],
}
const SETS = new Set(['finalizers'])
/** Maps that are one value. */
const ATOMIC = new Set(['selector', 'nodeSelector', 'configMapKeyRef', 'secretKeyRef', 'fieldRef'])
/** What is missing altogether in an empty object, so that whoever makes it owns it as a whole too. */
const OPTIONAL = new Set([
  ...['labels', 'annotations', 'data', 'binaryData', 'stringData', 'limits', 'requests', 'rollingUpdate'],
  ...['resources', 'env', 'ports', 'volumes', 'volumeMounts', 'conditions', 'ownerReferences', 'finalizers'],
  'persistentVolumeClaimRetentionPolicy',
])

export type ListKind =
  | { readonly kind: 'map'; readonly keys: readonly string[] }
  | { readonly kind: 'set' }
  | { readonly kind: 'atomic' }

/** How the items of the list in this field are told apart. Lists of custom resources are one value. */
export function listKind(field: string, items: readonly unknown[], custom: boolean): ListKind {
  if (SETS.has(field)) return { kind: 'set' }
  const keys = custom ? undefined : keysOf(field, items)
  return keys !== undefined && items.every(isRecord) ? { kind: 'map', keys } : { kind: 'atomic' }
}

/** Ports are told apart by number and protocol; a container's has another name than a service's. */
function keysOf(field: string, items: readonly unknown[]): readonly string[] | undefined {
  if (field !== 'ports') return LIST_KEYS[field]
  const ofContainers = items.some((item) => isRecord(item) && 'containerPort' in item)
  return [ofContainers ? 'containerPort' : 'port', 'protocol']
}

export function isAtomicMap(field: string, custom: boolean): boolean {
  return !custom && ATOMIC.has(field)
}

export function isOptional(field: string, custom: boolean): boolean {
  return custom || OPTIONAL.has(field)
}

/** `k:{"name":"main"}`: an item as field ownership names it. */
export function itemKey(item: Readonly<Record<string, unknown>>, keys: readonly string[]): string {
  const entries = keys.map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : null)])
  return `k:${JSON.stringify(Object.fromEntries(entries))}`
}
