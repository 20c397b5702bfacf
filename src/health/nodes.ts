import { bytes, percent } from '../blocks/format.ts'
import type { ClusterNode, Observed, Usage } from '../core/ports/cluster.ts'
import type { MetricsReader, Sample } from '../core/ports/metrics.ts'
import { round, share } from '../core/units.ts'
import { type Attempt, attempt, type Context, defineCheck, type Finding, noCluster } from './check.ts'
import { conclude, type Problem, problemAt } from './problems.ts'

/** Nodes, what they use, and how full their disks are; the last two may fail without hiding the first. */
export interface NodeFacts {
  readonly nodes: Observed<ClusterNode>
  readonly usage: Attempt<Observed<Usage>>
  /** Percent free of each filesystem; null: no Prometheus is configured. */
  readonly disks: Attempt<readonly Sample[]> | null
}

/** Real filesystems only: squashfs is always full by nature (snap), the others are memory or layers. */
const DISK_QUERY =
  '100 * node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs|ramfs"} / node_filesystem_size_bytes'

/** Less than a probe has: a Prometheus that hangs does not hide whether the nodes are ready. */
const MEASURED_WITHIN_MS = 2000

export const nodes = defineCheck<NodeFacts>({
  area: 'nodes',
  probes: ({ cluster, metrics }) =>
    cluster
      ? [
          {
            target: 'nodes',
            async read(signal) {
              const soon = AbortSignal.any([signal, AbortSignal.timeout(MEASURED_WITHIN_MS)])
              const [found, usage, disks] = await Promise.all([
                cluster.nodes(signal),
                attempt(cluster.nodeUsage(soon)),
                readDisks(metrics, soon),
              ])
              return { nodes: found, usage, disks }
            },
          },
        ]
      : noCluster('nodes'),
  judge: judgeNodes,
})

/** One finding for each node, and one for each kind of measurement that could not be had. */
export function judgeNodes({ nodes, usage, disks }: NodeFacts, context: Context): Finding[] {
  const { observedAt, items } = nodes
  const used = new Map(usage.ok ? usage.value.items.map((entry) => [entry.name, entry]) : [])
  const free = worstDisks(disks?.ok ? disks.value : [], items)
  const known = items.map((node) =>
    judgeNode(node, used.get(node.name) ?? null, free.get(node.name) ?? null, context, observedAt),
  )
  const strangers = [...free].filter(([host]) => !items.some(({ name }) => name === host))
  if (items.length === 0) {
    known.push(conclude('nodes', { nodes: 0 }, [{ status: 'critical', reason: 'the cluster has no node' }]))
  }
  return [
    ...known,
    ...strangers.map(([host, disk]) =>
      conclude(`disk ${host}`, diskFacts(disk), diskProblems(disk, context)),
    ),
    ...unmeasured('usage', usage, 'CPU and memory are not known'),
    ...(disks === null
      ? [off('disk', 'free disk space is not known: platform.yaml has no prometheus')]
      : unmeasured('disk', disks, 'free disk space is not known')),
    ...(disks?.ok && disks.value.length === 0
      ? [off('disk', 'free disk space is not known: Prometheus has no node_filesystem metrics')]
      : []),
  ]
}

interface Disk {
  readonly mount: string
  readonly free: number
}

function judgeNode(
  node: ClusterNode,
  used: Usage | null,
  disk: Disk | null,
  context: Context,
  observedAt: Date,
): Finding {
  const { cpuPercent: cpuLevels, memoryPercent: memoryLevels } = context.thresholds
  const cpuPercent = used && share(used.cpu, node.cpu)
  const memoryPercent = used && share(used.memory, node.memory)
  const facts = {
    ready: node.ready,
    schedulable: node.schedulable,
    cpuPercent,
    memoryPercent,
    ...(disk ? diskFacts(disk) : { diskFreePercent: null }),
    version: node.version,
  }
  const memoryText = used ? ` (${bytes(used.memory)} of ${bytes(node.memory)})` : ''
  const next = 'top --nodes'
  return conclude(
    node.name,
    facts,
    [
      ...conditions(node),
      ...problemAt(cpuPercent, cpuLevels, { unit: '%', reason: `CPU at ${percent(cpuPercent ?? 0)}`, next }),
      ...problemAt(memoryPercent, memoryLevels, {
        unit: '%',
        reason: `memory at ${percent(memoryPercent ?? 0)}${memoryText}`,
        next,
      }),
      ...(disk ? diskProblems(disk, context) : []),
    ],
    { observedAt },
  )
}

function conditions({ ready, reason, pressures, schedulable }: ClusterNode): Problem[] {
  const next = 'nodes'
  return [
    ...(ready
      ? []
      : [
          {
            status: 'critical' as const,
            reason: reason ? `not ready (${reason.replace(/[.\s]+$/, '')})` : 'not ready',
            next,
          },
        ]),
    ...(pressures.length > 0
      ? [{ status: 'critical' as const, reason: `under pressure (${pressures.join(', ')})`, next }]
      : []),
    ...(schedulable ? [] : [{ status: 'warning' as const, reason: 'takes no new pods (cordoned)', next }]),
  ]
}

function diskFacts({ mount, free }: Disk) {
  return { diskFreePercent: round(free), diskMount: mount }
}

function diskProblems({ mount, free }: Disk, { thresholds }: Context): Problem[] {
  return problemAt(free, thresholds.diskFreePercent, {
    unit: '% free',
    reason: `disk ${mount} has ${percent(free)} free`,
    next: 'nodes',
  })
}

/** The fullest filesystem of each host. The only node of a cluster is the host, whatever the exporter calls it. */
function worstDisks(samples: readonly Sample[], items: readonly ClusterNode[]): Map<string, Disk> {
  const worst = new Map<string, Disk>()
  const [only, ...others] = items
  for (const { labels, value } of samples) {
    if (!Number.isFinite(value)) continue
    const said = labels.node ?? labels.nodename ?? labels.kubernetes_node ?? labels.instance ?? 'host'
    const host = only && others.length === 0 ? only.name : said.replace(/:\d+$/, '')
    const known = worst.get(host)
    if (!known || value < known.free) worst.set(host, { mount: labels.mountpoint ?? '/', free: value })
  }
  return worst
}

function unmeasured(target: string, tried: Attempt<unknown>, what: string): Finding[] {
  if (tried.ok) return []
  return [{ target, status: 'unknown', reason: `${what}: ${tried.reason}`, facts: {}, next: 'nodes' }]
}

function off(target: string, reason: string): Finding {
  return { target, status: 'off', reason, facts: {} }
}

async function readDisks(metrics: MetricsReader | null, signal: AbortSignal): Promise<NodeFacts['disks']> {
  return metrics ? attempt(metrics.query(DISK_QUERY, signal)) : null
}
