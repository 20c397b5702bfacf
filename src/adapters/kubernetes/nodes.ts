import type { ClusterNode } from '../../core/ports/cluster.ts'
import { at, because, condition, identity, text } from '../../core/raw.ts'
import { quantity } from './quantity.ts'

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']

/** One node; `Ready: Unknown` (the kubelet went silent) is not ready. */
export function projectNode(raw: unknown): ClusterNode | null {
  const who = identity(raw)
  if (who === null) return null
  const readiness = condition(raw, 'Ready')
  const ready = readiness.status === 'True'
  return Object.freeze({
    name: who.name,
    ready,
    reason: ready ? null : because(readiness.reason, readiness.message),
    schedulable: at(raw, 'spec', 'unschedulable') !== true,
    pressures: Object.freeze(PRESSURES.filter((type) => condition(raw, type).status === 'True')),
    cpu: quantity(at(raw, 'status', 'allocatable', 'cpu')) ?? 0,
    memory: quantity(at(raw, 'status', 'allocatable', 'memory')) ?? 0,
    version: text(at(raw, 'status', 'nodeInfo', 'kubeletVersion')) ?? '',
    createdAt: who.createdAt,
  })
}
