import type { Cluster } from './cluster.ts'
import { quantity } from './consumption.ts'
import { Refusal } from './failures.ts'
import type { KubeObject, Pod } from './objects.ts'
import { PODS, QUOTAS, type Resource } from './resources.ts'

/** What quotas count of pods: their number, what they request and what they are limited to. */
const COUNTED: Readonly<Record<string, (pod: Pod) => number>> = {
  pods: () => 1,
  'count/pods': () => 1,
  cpu: (pod) => total(pod, 'requests', 'cpu'),
  memory: (pod) => total(pod, 'requests', 'memory'),
  'requests.cpu': (pod) => total(pod, 'requests', 'cpu'),
  'requests.memory': (pod) => total(pod, 'requests', 'memory'),
  'limits.cpu': (pod) => total(pod, 'limits', 'cpu'),
  'limits.memory': (pod) => total(pod, 'limits', 'memory'),
}

function total({ spec }: Pod, part: 'requests' | 'limits', name: string): number {
  return spec.containers.reduce((sum, { resources }) => sum + (quantity(resources?.[part]?.[name]) ?? 0), 0)
}

const isCounted = ({ status }: Pod) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'

/** What the pods of a namespace use of what a quota limits, as the quota writes it. */
export function quotaUse(
  { store }: Cluster,
  namespace: string,
  names: readonly string[],
): Record<string, string> {
  const pods = store.list(PODS, namespace).filter(isCounted)
  const used = names.flatMap((name) => {
    const count = COUNTED[name]
    return count === undefined ? [] : [[name, asQuantity(name, sum(pods, count))]]
  })
  return Object.fromEntries(used)
}

const sum = (pods: readonly Pod[], count: (pod: Pod) => number) =>
  pods.reduce((so, pod) => so + count(pod), 0)

/** CPU in thousandths where needed, memory in the largest unit that fits, as the API server writes them. */
export function asQuantity(name: string, value: number): string {
  if (name.endsWith('cpu')) return Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`
  if (!name.endsWith('memory') || value === 0) return String(value)
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti']
  const power = units.findLastIndex((_unit, index) => value % 1024 ** index === 0)
  return `${value / 1024 ** power}${units[power]}`
}

/** Refuses a pod with 403 when a quota of its namespace has no room for it. */
export function checkQuota(cluster: Cluster, resource: Resource, object: KubeObject): void {
  if (resource.kind !== 'Pod') return
  const pod = object as Pod
  const { name, namespace = 'default' } = pod.metadata
  for (const { metadata, spec } of cluster.store.list(QUOTAS, namespace)) {
    const hard = Object.entries(spec.hard ?? {}).filter(([key]) => key in COUNTED)
    const used = quotaUse(
      cluster,
      namespace,
      hard.map(([key]) => key),
    )
    const over = hard.filter(([key, limit]) => {
      const more = COUNTED[key]?.(pod) ?? 0
      return more > 0 && (quantity(used[key]) ?? 0) + more > (quantity(limit) ?? 0)
    })
    if (over.length === 0) continue
    const list = (value: (key: string, limit: string) => string) =>
      over.map(([key, limit]) => `${key}=${value(key, limit)}`).join(',')
    const requested = list((key) => asQuantity(key, COUNTED[key]?.(pod) ?? 0))
    const sums = `requested: ${requested}, used: ${list((key) => used[key] ?? '0')}, limited: ${list((_key, limit) => limit)}`
    const message = `pods "${name}" is forbidden: exceeded quota: ${metadata.name}, ${sums}`
    throw new Refusal(403, 'Forbidden', message, { name, kind: 'pods' })
  }
}
