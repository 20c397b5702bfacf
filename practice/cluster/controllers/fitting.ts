import { quantity } from '../consumption.ts'
import { type ClusterNode, type Pod, valueAt } from '../objects.ts'

/** CPU in cores, memory in bytes, and how many pods. */
export interface Amounts {
  readonly cpu: number
  readonly memory: number
  readonly pods: number
}

export const NOTHING: Amounts = { cpu: 0, memory: 0, pods: 0 }

export const add = (a: Amounts, b: Amounts, times = 1): Amounts => ({
  cpu: a.cpu + times * b.cpu,
  memory: a.memory + times * b.memory,
  pods: a.pods + times * b.pods,
})

/** What a pod asks of its node: its requests, or its limits where it requests nothing. */
export function requestsOf({ spec }: Pod): Amounts {
  const total = (name: 'cpu' | 'memory') =>
    spec.containers.reduce((sum, { resources }) => {
      const text = resources?.requests?.[name] ?? resources?.limits?.[name]
      return sum + (quantity(text) ?? 0)
    }, 0)
  return { cpu: total('cpu'), memory: total('memory'), pods: 1 }
}

/** A pod that has ended holds nothing of its node any more. */
export const isOver = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** What the pods of a node may ask in all; a node that does not say has no limit. */
function allocatableOf(node: ClusterNode): Amounts {
  const of = (name: string) => {
    const given = valueAt(node.status, ['allocatable', name])
    return given === undefined ? Number.POSITIVE_INFINITY : (quantity(String(given)) ?? 0)
  }
  return { cpu: of('cpu'), memory: of('memory'), pods: of('pods') }
}

/** Whether a pod asks for more than a node has in all: nothing that went from there would help. */
export function isTooLarge(pod: Pod, node: ClusterNode): boolean {
  return shortages(pod, node, NOTHING).length > 0
}

/** Why a pod does not fit on a node beside what is there, in the scheduler's words; empty when it does. */
export function shortages(pod: Pod, node: ClusterNode, used: Amounts): string[] {
  const most = allocatableOf(node)
  const wanted = requestsOf(pod)
  return [
    ...(used.pods + 1 > most.pods ? ['Too many pods'] : []),
    ...(wanted.cpu > 0 && used.cpu + wanted.cpu > most.cpu + 1e-9 ? ['Insufficient cpu'] : []),
    ...(wanted.memory > 0 && used.memory + wanted.memory > most.memory ? ['Insufficient memory'] : []),
  ]
}
