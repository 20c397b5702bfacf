import type { Cluster } from '../cluster.ts'
import { isRecord, type Pod, valueAt } from '../objects.ts'
import { CLAIMS, PODS } from '../resources.ts'
import { keyOf } from '../store.ts'
import type { Claim } from '../workloads.ts'
import { emit } from './events.ts'
import { isOver } from './fitting.ts'
import { runController } from './runner.ts'

const BIND_MS = 100

/** Gives each claim a volume of its own, as a provisioner does. No volume exists anywhere. */
export function runClaims(cluster: Cluster): () => void {
  const { store } = cluster
  const isWaiting = ({ status }: Claim) => status?.phase !== 'Bound'
  return runController(cluster, {
    concerns: ({ type, object }) =>
      type === 'ADDED' && object.kind === 'PersistentVolumeClaim'
        ? [keyOf(object.metadata.namespace, object.metadata.name)]
        : [],
    sync(namespace, name) {
      cluster.clock.after(BIND_MS, () => {
        const claim = store.get(CLAIMS, namespace, name)
        if (claim && isWaiting(claim)) bind(cluster, claim)
      })
      return undefined
    },
  })
}

function bind(cluster: Cluster, claim: Claim): void {
  const { accessModes, resources } = claim.spec
  const volumeName = `pvc-${claim.metadata.uid}`
  cluster.store.put(CLAIMS, {
    ...claim,
    spec: { ...claim.spec, volumeName },
    status: { phase: 'Bound', accessModes, capacity: resources?.requests ?? {} },
  })
  const message = `Successfully provisioned volume ${volumeName}`
  emit(cluster, claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message, from: 'provisioner' })
}

/** The claims that a pod mounts. */
export function claimsOf({ store }: Cluster, pod: Pod): readonly Claim[] {
  const { volumes } = pod.spec
  return (Array.isArray(volumes) ? volumes : []).flatMap((volume) => {
    const name = valueAt(volume, ['persistentVolumeClaim', 'claimName'])
    const claim = typeof name === 'string' && store.get(CLAIMS, pod.metadata.namespace ?? null, name)
    return claim ? [claim] : []
  })
}

/** Who stands in the way of a pod at a volume that only one may have. */
export interface Holder {
  readonly pod: Pod
  readonly volume: string
  /** On another node: the volume cannot even be attached. */
  readonly elsewhere: boolean
}

/** The pod that has a ReadWriteOnce volume which this one mounts as well; null: the way is free. */
export function holderOf(cluster: Cluster, pod: Pod): Holder | null {
  for (const claim of claimsOf(cluster, pod)) {
    if (!claim.spec.accessModes.every((mode) => mode.startsWith('ReadWriteOnce'))) continue
    const name = claim.metadata.name
    const other = cluster.store
      .list(PODS, pod.metadata.namespace ?? null)
      .find((one) => one.metadata.uid !== pod.metadata.uid && runs(one) && mounts(one, name))
    if (other === undefined) continue
    const volume = claim.spec.volumeName ?? name
    return { pod: other, volume, elsewhere: other.spec.nodeName !== pod.spec.nodeName }
  }
  return null
}

const runs = (pod: Pod) =>
  !isOver(pod) && pod.status?.containerStatuses?.some(({ state }) => isRecord(state.running)) === true

function mounts({ spec }: Pod, claim: string): boolean {
  const { volumes } = spec
  return (
    Array.isArray(volumes) &&
    volumes.some((volume) => valueAt(volume, ['persistentVolumeClaim', 'claimName']) === claim)
  )
}
