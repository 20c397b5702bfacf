import { compareSeverity, type HealthReport, type Status } from '../../src/core/health.ts'
import { summariseHealth } from '../../src/core/health-summary.ts'
import type { Trouble } from '../../src/core/health-troubles.ts'
import type { Pod } from '../../src/core/ports/cluster.ts'
import { type Memory, restartsIn, type Sizes } from './memory.ts'

/** What is different from the morning before. */
export interface Changes {
  /** Not there before, or worse than before: `was` says how it was then. */
  readonly fresh: readonly { readonly trouble: Trouble; readonly was: Status | null }[]
  readonly lasting: readonly { readonly trouble: Trouble; readonly since: Date }[]
  /** Targets that were not well and are. */
  readonly solved: readonly string[]
  /** Restarts since then; null when it cannot be said, because pods were replaced or could not be seen. */
  readonly restarts: number | null
  /** Bytes that each database grew by, the most first; shrunk ones are negative. */
  readonly growth: readonly { readonly name: string; readonly bytes: number }[]
  readonly databaseBytes: number
}

export function compareWith(before: Memory | null, report: HealthReport, sizes: Sizes): Changes {
  const { troubles } = summariseHealth(report, '')
  const known = new Map(Object.entries(before?.troubles ?? {}))
  const isFresh = ({ target, status }: Trouble) => {
    const earlier = known.get(target)
    return earlier === undefined || compareSeverity(status, earlier.status) < 0
  }
  const now = new Set(troubles.map(({ target }) => target))
  return {
    fresh: troubles
      .filter(isFresh)
      .map((trouble) => ({ trouble, was: known.get(trouble.target)?.status ?? null })),
    lasting: troubles
      .filter((trouble) => !isFresh(trouble))
      .map((trouble) => ({ trouble, since: new Date(known.get(trouble.target)?.since ?? report.at) })),
    solved: [...known.keys()].filter((target) => !now.has(target)),
    ...figures(before, report, sizes),
  }
}

function figures(
  before: Memory | null,
  report: HealthReport,
  sizesNow: Sizes,
): Pick<Changes, 'restarts' | 'growth' | 'databaseBytes'> {
  const restartsNow = restartsIn(report)
  const restartsThen = before?.restarts ?? null
  const sizes = Object.entries(sizesNow)
  const growth = sizes.flatMap(([name, size]) => {
    const earlier = before?.databases[name]
    return earlier === undefined ? [] : [{ name, bytes: size - earlier }]
  })
  return {
    restarts:
      restartsNow === null || restartsThen === null || restartsNow < restartsThen
        ? null
        : restartsNow - restartsThen,
    growth: growth.toSorted((a, b) => b.bytes - a.bytes),
    databaseBytes: sizes.reduce((sum, [, size]) => sum + size, 0),
  }
}

/** Workloads of which a container was killed for memory since then (guide, morning check: "no OOM kills"), also those that run again. */
export function killedForMemory(pods: readonly Pod[], since: Date): readonly string[] {
  const killed = pods.filter((pod) =>
    pod.containers.some(({ last }) => last?.reason === 'OOMKilled' && (last.finishedAt ?? since) >= since),
  )
  return [...new Set(killed.map(({ workload }) => workload))].toSorted()
}
