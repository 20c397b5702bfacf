import { compareSeverity } from '../core/health.ts'
import type { Observed, Pod } from '../core/ports/cluster.ts'
import type { MetricsReader } from '../core/ports/metrics.ts'
import type { Context, Finding } from './check.ts'
import { defineCheck, noCluster } from './check.ts'
import { isStarting, type Trouble, troublesOf } from './pod-troubles.ts'
import { conclude, summarise } from './problems.ts'

/** Pods, and how often each restarted in the last hour where Prometheus knows it. */
export interface PodFacts {
  readonly pods: Observed<Pod>
  readonly restartsLastHour: ReadonlyMap<string, number>
}

/** Tallies of one pass over all pods: there may be thousands, and all but a few are well. */
interface Tally {
  ready: number
  starting: number
  completed: number
  restarts: number
  readonly broken: Map<string, { pod: Pod; trouble: Trouble }[]>
}

const HOUR_MS = 3_600_000
const OPTIONAL_MS = 1000

export const pods = defineCheck<PodFacts>({
  area: 'pods',
  probes: ({ cluster, metrics, platform }) =>
    cluster
      ? [
          {
            target: platform.namespace,
            async read(signal) {
              const [found, restartsLastHour] = await Promise.all([
                cluster.pods(signal),
                readRestarts(metrics, platform.namespace, signal),
              ])
              return { pods: found, restartsLastHour }
            },
          },
        ]
      : noCluster(platform.namespace),
  judge: judgePods,
})

/** One finding for the namespace with the counts, and one for each workload that has a broken pod. */
export function judgePods({ pods, restartsLastHour }: PodFacts, context: Context): Finding[] {
  const tally = count(pods.items, restartsLastHour, context)
  const broken = [...tally.broken].map(([workload, entries]) => judgeWorkload(workload, entries, pods))
  const { ready, starting, completed, restarts } = tally
  const facts = {
    pods: pods.items.length,
    ready,
    starting,
    completed,
    restarts,
    brokenWorkloads: broken.length,
  }
  const { observedAt } = pods
  return [
    summarise(context.platform.namespace, facts, broken, {
      one: 'workload',
      observedAt,
      next: 'pods --problems',
    }),
    ...broken.toSorted((a, b) => compareSeverity(a.status, b.status) || a.target.localeCompare(b.target)),
  ]
}

function count(
  items: readonly Pod[],
  restartsLastHour: ReadonlyMap<string, number>,
  context: Context,
): Tally {
  const tally: Tally = { ready: 0, starting: 0, completed: 0, restarts: 0, broken: new Map() }
  for (const pod of items) {
    if (pod.ready) tally.ready += 1
    if (pod.phase === 'Succeeded') tally.completed += 1
    for (const container of pod.containers) tally.restarts += container.restarts
    const [trouble] = troublesOf(
      pod,
      context.now,
      context.thresholds,
      restartsOf(pod, restartsLastHour, context.now),
    ).toSorted((a, b) => compareSeverity(a.status, b.status))
    if (!trouble) {
      if (isStarting(pod)) tally.starting += 1
      continue
    }
    const entries = tally.broken.get(pod.workload)
    if (entries) entries.push({ pod, trouble })
    else tally.broken.set(pod.workload, [{ pod, trouble }])
  }
  return tally
}

/** A pod younger than an hour has all its restarts in it; of an older one only Prometheus knows. */
function restartsOf(pod: Pod, known: ReadonlyMap<string, number>, now: Date): number | null {
  const measured = known.get(pod.name)
  if (measured !== undefined) return measured
  if (now.getTime() - pod.createdAt.getTime() > HOUR_MS) return null
  return pod.containers.reduce((sum, container) => sum + container.restarts, 0)
}

function judgeWorkload(
  workload: string,
  entries: readonly { pod: Pod; trouble: Trouble }[],
  { observedAt }: Observed<Pod>,
): Finding {
  const [worstOne] = entries.toSorted((a, b) => compareSeverity(a.trouble.status, b.trouble.status))
  const restarts = entries.reduce(
    (sum, { pod }) => sum + pod.containers.reduce((most, container) => most + container.restarts, 0),
    0,
  )
  const facts = {
    brokenPods: entries.length,
    restarts,
    ...(worstOne ? { kind: worstOne.trouble.kind, pod: worstOne.pod.name } : {}),
    ...(worstOne?.trouble.container ? { container: worstOne.trouble.container } : {}),
  }
  return conclude(workload, facts, worstOne ? [counted(worstOne.trouble, entries.length)] : [], {
    observedAt,
  })
}

/** The facts have the name of the worst pod; the reason only says when it is not the only one. */
function counted(trouble: Trouble, broken: number): Trouble {
  return broken > 1 ? { ...trouble, reason: `${trouble.reason} (${broken} pods)` } : trouble
}

/** The report does not wait long for it, and stands without it. */
async function readRestarts(
  metrics: MetricsReader | null,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (!metrics) return new Map()
  const query = `sum by(pod)(increase(kube_pod_container_status_restarts_total{namespace="${namespace}"}[1h])) > 0`
  const soon = AbortSignal.any([signal, AbortSignal.timeout(OPTIONAL_MS)])
  try {
    const samples = await metrics.query(query, soon)
    return new Map(samples.map(({ labels, value }) => [labels.pod ?? '', value]))
  } catch {
    return new Map() // whether Prometheus answers is judged elsewhere; pods are known without it
  }
}
