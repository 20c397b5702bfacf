import type { Consumption } from './cluster.ts'
import { hash } from './hash.ts'
import type { Pod } from './objects.ts'

const UNITS: Readonly<Record<string, number>> = {
  ...{ m: 0.001, k: 1e3, M: 1e6, G: 1e9 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
}

/** `250m`, `2`, `8k`, `300Mi`, `20Gi` as cores, bytes or a count; null when it is none of these. */
export function quantity(text: string | undefined): number | null {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(m|k|M|G|Ki|Mi|Gi|Ti)?$/.exec(text ?? '') ?? []
  if (number === '') return null
  return Number(number) * (UNITS[unit] ?? 1)
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
