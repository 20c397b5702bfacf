import type { Deployment, ReplicaSet } from '../objects.ts'

/** How far a rolling update may go over and under the wanted number. */
export interface Bounds {
  readonly surge: number
  readonly unavailable: number
}

export function boundsOf({ spec }: Deployment): Bounds {
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy.rollingUpdate ?? {}
  const surge = resolve(maxSurge, spec.replicas, Math.ceil)
  const unavailable = resolve(maxUnavailable, spec.replicas, Math.floor)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

function resolve(value: string | number, total: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * total)
}

export const available = (set: ReplicaSet) => set.status?.availableReplicas ?? 0
export const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number) =>
  sets.reduce((total, set) => total + of(set), 0)
const size = (set: ReplicaSet) => set.spec.replicas

export interface Scaling {
  readonly set: ReplicaSet
  readonly to: number
}

/** The next step of a rollout: the sizes that change now. Pure; called again whenever something has changed. */
export function nextStep(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] {
  const { replicas, strategy, paused } = deployment.spec
  if (paused === true) return pausedStep(deployment, [fresh, ...old])
  if (strategy.type === 'Recreate') return recreate(replicas, fresh, old)
  const { surge, unavailable } = boundsOf(deployment)
  const total = size(fresh) + sum(old, size)
  const room = replicas + surge - total
  const grown = Math.min(replicas, size(fresh) + Math.max(0, room))
  const up =
    grown > size(fresh) || size(fresh) > replicas ? [{ set: fresh, to: Math.min(grown, replicas) }] : []
  return up.length > 0 ? up : shrink(old, fresh, { replicas, unavailable })
}

/** While it is paused nothing rolls, but the ReplicaSet that runs alone follows the wanted number. */
export function pausedStep({ spec }: Deployment, sets: readonly ReplicaSet[]): Scaling[] {
  const active = sets.filter((set) => size(set) > 0)
  const [only = sets[0]] = active
  if (active.length > 1 || only === undefined || size(only) === spec.replicas) return []
  return [{ set: only, to: spec.replicas }]
}

function recreate(replicas: number, fresh: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] {
  const stopping = old.filter((set) => size(set) > 0).map((set) => ({ set, to: 0 }))
  if (stopping.length > 0) return stopping
  const left = sum(old, ({ status }) => (status?.replicas ?? 0) + (status?.terminatingReplicas ?? 0))
  return left > 0 || size(fresh) === replicas ? [] : [{ set: fresh, to: replicas }]
}

/** Old pods that are not available go first, then as many available ones as may be missed. */
function shrink(
  old: readonly ReplicaSet[],
  fresh: ReplicaSet,
  { replicas, unavailable }: { replicas: number; unavailable: number },
): Scaling[] {
  const least = replicas - unavailable
  const total = size(fresh) + sum(old, size)
  let cleanable = total - least - (size(fresh) - available(fresh))
  let spare = available(fresh) + sum(old, available) - least
  const steps: Scaling[] = []
  for (const set of old) {
    const broken = Math.max(0, Math.min(size(set) - available(set), cleanable))
    const healthy = Math.max(0, Math.min(size(set) - broken, available(set), spare, cleanable - broken))
    cleanable -= broken + healthy
    spare -= healthy
    if (broken + healthy > 0) steps.push({ set, to: size(set) - broken - healthy })
  }
  return steps
}
