import { at, list, record } from '../../core/raw.ts'
import { quantity } from './quantity.ts'

/** What a pod asks for or may use at most, by resource: cores, bytes, pieces. */
export type Amounts = Readonly<Record<string, number>>

/**
 * What the scheduler and quotas count of a pod: its containers and sidecars together, or the greediest step of its start
 * where that is more, and the overhead. What the pod as a whole says comes first.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podAmounts(spec: unknown, which: 'requests' | 'limits'): Amounts {
  const inits = list(at(spec, 'initContainers'))
  const isSidecar = (one: unknown) => at(one, 'restartPolicy') === 'Always'
  const together = [...list(at(spec, 'containers')), ...inits.filter(isSidecar)]
  const running = together.map((one) => amounts(at(one, 'resources', which))).reduce(add, {})
  const starting = inits.flatMap((one, index) => {
    if (isSidecar(one)) return []
    const before = inits.slice(0, index).filter(isSidecar)
    return [[one, ...before].map((each) => amounts(at(each, 'resources', which))).reduce(add, {})]
  })
  const needed = [running, ...starting].reduce(most, {})
  return add({ ...needed, ...amounts(at(spec, 'resources', which)) }, amounts(at(spec, 'overhead')))
}

export function amounts(raw: unknown): Amounts {
  return Object.fromEntries(
    Object.entries(record(raw)).flatMap(([name, value]) => {
      const amount = quantity(value)
      return amount === null ? [] : [[name, amount]]
    }),
  )
}

export function add(one: Amounts, other: Amounts): Amounts {
  return merge(one, other, (a, b) => a + b)
}

function most(one: Amounts, other: Amounts): Amounts {
  return merge(one, other, Math.max)
}

function merge(one: Amounts, other: Amounts, how: (a: number, b: number) => number): Amounts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries([...names].map((name) => [name, how(one[name] ?? 0, other[name] ?? 0)]))
}
