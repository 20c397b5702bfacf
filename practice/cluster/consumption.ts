import type { Consumption } from './cluster.ts'
import { hash } from './hash.ts'
import type { Pod } from './objects.ts'

const MEMORY: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }

/** `250m`, `2`, `300Mi`, `20Gi` as cores or bytes; null when it is none of these. */
export function quantity(text: string | undefined): number | null {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi)?$/.exec(text ?? '') ?? []
  if (number === '') return null
  return Number(number) * (unit === 'm' ? 0.001 : (MEMORY[unit] ?? 1))
}

/**
 * What a pod consumes: its annotations `platform.test/cpu` and `platform.test/memory` when they are there, else a share of
 * its limits that is its own and breathes a little.
 */
export function defaultConsumption({ metadata, spec }: Pod, at: Date): Consumption {
  const { annotations = {} } = metadata
  const limits = spec.containers[0]?.resources?.limits
  const own = hash(metadata.name)
  const breath = 1 + 0.1 * Math.sin(at.getTime() / 60_000 + (own % 7))
  const share = 0.04 + (own % 100) / 1100
  return {
    cpu: quantity(annotations['platform.test/cpu']) ?? (quantity(limits?.cpu) ?? 0.1) * share * breath,
    memory:
      quantity(annotations['platform.test/memory']) ??
      (quantity(limits?.memory) ?? 128 * 2 ** 20) * (0.25 + 2 * share) * (0.98 + 0.02 * breath),
  }
}
