import { bytes, percent } from '../blocks/format.ts'
import type { Observed, Pod, PodUsage } from '../core/ports/cluster.ts'
import { share } from '../core/units.ts'
import { type Context, defineCheck, type Finding, noCluster } from './check.ts'
import { conclude, lineFor, problemAt, summarise, threshold } from './problems.ts'

export interface TopFacts {
  readonly pods: Observed<Pod>
  readonly usage: Observed<PodUsage>
}

export const top = defineCheck<TopFacts>({
  area: 'top',
  probes: ({ cluster, platform }) =>
    cluster
      ? [
          {
            target: platform.namespace,
            async read(signal) {
              const [pods, usage] = await Promise.all([cluster.pods(signal), cluster.podUsage(signal)])
              return { pods, usage }
            },
          },
        ]
      : noCluster(platform.namespace),
  judge: judgeTop,
})

/** One finding for the namespace with the largest consumer, and one for each workload near its memory limit (guide: HighMemoryUsage). */
export function judgeTop({ pods, usage }: TopFacts, context: Context): Finding[] {
  const { observedAt, items } = usage
  const limits = new Map(pods.items.map((pod) => [pod.name, memoryLimit(pod)]))
  const levels = context.thresholds.memoryOfLimitPercent
  const near = new Map<string, Consumer>()
  let largest: PodUsage | null = null
  for (const entry of items) {
    if (largest === null || entry.memory > largest.memory) largest = entry
    const limit = limits.get(entry.name) ?? null
    const ofLimit = share(entry.memory, limit)
    if (ofLimit === null || ofLimit < levels.warning) continue
    const known = near.get(entry.workload)
    if (!known || ofLimit > known.ofLimit) near.set(entry.workload, { entry, limit: limit ?? 0, ofLimit })
  }
  const findings = [...near.values()]
    .toSorted((a, b) => b.ofLimit - a.ofLimit)
    .map((one) => judgeConsumer(one, context))
  const facts = {
    measuredPods: items.length,
    largest: largest?.name ?? null,
    largestMemoryBytes: largest?.memory ?? null,
    memoryBytes: items.reduce((sum, { memory }) => sum + memory, 0),
    cpuCores: Math.round(items.reduce((sum, { cpu }) => sum + cpu, 0) * 1000) / 1000,
  }
  return [
    summarise(context.platform.namespace, facts, findings, { one: 'workload', observedAt, next: 'top' }),
    ...findings,
  ]
}

interface Consumer {
  readonly entry: PodUsage
  readonly limit: number
  readonly ofLimit: number
}

function judgeConsumer({ entry, limit, ofLimit }: Consumer, { thresholds }: Context): Finding {
  const levels = thresholds.memoryOfLimitPercent
  const facts = {
    pod: entry.name,
    memoryBytes: entry.memory,
    limitBytes: limit,
    memoryPercent: ofLimit,
    cpuCores: entry.cpu,
  }
  const problems = problemAt(ofLimit, levels, {
    unit: '% of the memory limit',
    reason: `${entry.name} uses ${percent(ofLimit)} of its memory limit (${bytes(entry.memory)} of ${bytes(limit)})`,
    next: lineFor(entry.workload, (workload) => `top ${workload}`),
  })
  return conclude(entry.workload, facts, problems, {
    observedAt: entry.measuredAt,
    threshold: threshold(levels, '% of the memory limit'),
  })
}

/** A pod has a limit when each of its containers has one; init containers have ended by then. */
function memoryLimit(pod: Pod): number | null {
  let sum = 0
  for (const { init, limits } of pod.containers) {
    if (init) continue
    if (limits.memory === null) return null
    sum += limits.memory
  }
  return sum > 0 ? sum : null
}
