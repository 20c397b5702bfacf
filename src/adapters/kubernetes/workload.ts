import { at, label, list, text } from '../../core/raw.ts'

const HASH = 'pod-template-hash'

/** The workload that a pod belongs to, by its controller; the pod's own name when it stands alone. */
export function workloadOf(pod: unknown): string {
  const name = text(at(pod, 'metadata', 'name')) ?? ''
  const owner = list(at(pod, 'metadata', 'ownerReferences')).find((one) => at(one, 'controller') === true)
  const ownerName = text(at(owner, 'name'))
  if (ownerName === null) return name
  switch (at(owner, 'kind')) {
    case 'ReplicaSet':
      return withoutHash(ownerName, label(pod, HASH))
    case 'Job':
      return ownerName.replace(/-\d{8,}$/, '')
    case 'Node':
      return name
    default:
      return ownerName
  }
}

/** The workload of an object that carries a pod's name and labels but no owner, as pod metrics do. */
export function workloadByName(object: unknown): string {
  const name = text(at(object, 'metadata', 'name')) ?? ''
  const hash = label(object, HASH)
  const end = hash === null ? -1 : name.lastIndexOf(`-${hash}-`)
  if (end > 0) return name.slice(0, end)
  if (label(object, 'apps.kubernetes.io/pod-index') !== null) return name.replace(/-\d+$/, '')
  if (label(object, 'controller-revision-hash') !== null) return name.replace(/-[a-z0-9]+$/, '')
  return name
}

/** A ReplicaSet is named after its Deployment and the hash of its template. */
function withoutHash(replicaSet: string, hash: string | null): string {
  if (hash !== null && replicaSet.endsWith(`-${hash}`)) return replicaSet.slice(0, -hash.length - 1)
  const end = replicaSet.lastIndexOf('-')
  return end > 0 ? replicaSet.slice(0, end) : replicaSet
}
