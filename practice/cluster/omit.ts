import { isRecord } from './objects.ts'

/** Fields that the API server leaves out when they are empty or false: it cannot tell that from nothing said. */
const OMITTED = new Set([
  ...['labels', 'annotations', 'matchLabels', 'nodeSelector', 'env', 'ports', 'args', 'command', 'volumes'],
  ...['volumeMounts', 'tolerations', 'taints', 'finalizers', 'ownerReferences', 'imagePullSecrets'],
  ...['paused', 'unschedulable', 'hostNetwork', 'hostPID', 'hostIPC'],
])

/** The value without fields that say nothing; the same value when there are none. */
export function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty)
    return items.some((item, index) => item !== value[index]) ? (items as T) : value
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value)
  const kept = entries
    .filter(([key, inner]) => !(OMITTED.has(key) && isNothing(inner)))
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
  const isSame = kept.length === entries.length && kept.every(([key, inner]) => value[key] === inner)
  return isSame ? value : (Object.fromEntries(kept) as T)
}

function isNothing(value: unknown): boolean {
  if (value === false || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.keys(value).length === 0
}
