import { z } from 'zod'
import { bytes, count } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import { workload } from '../src/core/names.ts'
import type { ClusterReader, Pod, Usage } from '../src/core/ports/cluster.ts'
import { cores, share } from '../src/core/units.ts'
import { clusterOf, limit } from './shared/arguments.ts'
import { listingAnswer, podName } from './shared/listing.ts'

/** What a line of 45 columns leaves for the name. */
const NAME_COLUMNS = 22

interface Consumer {
  readonly name: string
  /** Of a pod; a node is its own. */
  readonly workload: string
  readonly cpu: number
  readonly memory: number
  /** Percent of the memory limit of a pod, of the allocatable memory of a node; null: no limit. */
  readonly memoryPercent: number | null
  readonly measuredAt: Date
}

export const top = defineQuery({
  name: 'top',
  summary: 'Show who uses most memory and CPU, against its limits.',
  examples: ['top', 'top orders', 'top --sort cpu --limit 20', 'top --nodes'],
  args: z.object({
    workload: workload.optional(),
    sort: z
      .enum(['memory', 'cpu', 'limit'])
      .default('memory')
      .describe('what comes first; limit: nearest to its limit'),
    nodes: z.boolean().default(false).describe('nodes instead of pods'),
    limit: limit(10),
  }),
  positional: ['workload'],
  family: 'cluster',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    const cluster = clusterOf(ports)
    const found = args.nodes
      ? await nodeConsumers(cluster, signal)
      : await podConsumers(cluster, args.workload, signal)
    const { namespace, timeZone: zone } = ports.platform
    const value: Record<typeof args.sort, (one: Consumer) => number> = {
      memory: (one) => one.memory,
      cpu: (one) => one.cpu,
      limit: (one) => one.memoryPercent ?? -1,
    }
    const consumers = found.toSorted((a, b) => value[args.sort](b) - value[args.sort](a))
    return { consumers, zone, namespace, now: ports.clock.now() }
  },

  render({ consumers, zone, namespace, now }, args) {
    const what = args.nodes ? 'node' : 'pod'
    const where = args.workload ?? (args.nodes ? 'The cluster' : namespace)
    const memory = consumers.reduce((sum, one) => sum + one.memory, 0)
    const cpu = consumers.reduce((sum, one) => sum + one.cpu, 0)
    const measured = Math.min(now.getTime(), ...consumers.map((one) => one.measuredAt.getTime()))
    return listingAnswer({
      headline:
        consumers.length === 0
          ? `${where}: nothing has been measured yet; a new pod shows after about a minute.`
          : `${where}: ${bytes(memory)} of memory and ${cores(cpu)} CPU in ${count(consumers.length, what)}.`,
      columns: [
        { title: args.nodes ? 'Node' : 'Pod', min: 14 },
        { title: 'CPU', align: 'right' },
        { title: 'Memory', align: 'right' },
        { title: args.nodes ? 'Of all' : 'Of limit', align: 'right' },
      ],
      rows: consumers
        .slice(0, args.limit)
        .map((one) => [
          podName(one.name, one.workload, NAME_COLUMNS),
          cores(one.cpu),
          bytes(one.memory),
          one.memoryPercent === null ? 'none' : `${Math.round(one.memoryPercent)} %`,
        ]),
      total: consumers.length,
      ...{ one: what, zone, observedAt: new Date(measured) },
      buttons: args.workload ? [{ line: `pods ${args.workload}` }] : [],
    })
  },

  data: ({ consumers }) => ({ consumers }),
})

async function podConsumers(
  cluster: ClusterReader,
  only: string | undefined,
  signal: AbortSignal,
): Promise<readonly Consumer[]> {
  const [usage, pods] = await Promise.all([cluster.podUsage(signal), cluster.pods(signal)])
  const limits = new Map(pods.items.map((pod) => [pod.name, limitOf(pod)]))
  return usage.items
    .filter((entry) => only === undefined || entry.workload === only)
    .map((entry) => consumer(entry, entry.workload, limits.get(entry.name) ?? null))
}

async function nodeConsumers(cluster: ClusterReader, signal: AbortSignal): Promise<readonly Consumer[]> {
  const [usage, nodes] = await Promise.all([cluster.nodeUsage(signal), cluster.nodes(signal)])
  const sizes = new Map(nodes.items.map((node) => [node.name, node.memory]))
  return usage.items.map((entry) => consumer(entry, entry.name, sizes.get(entry.name) ?? null))
}

function consumer(
  { name, cpu, memory, measuredAt }: Usage,
  workload: string,
  whole: number | null,
): Consumer {
  return { name, workload, cpu, memory, memoryPercent: share(memory, whole), measuredAt }
}

/** A pod has a limit when each of its containers has one. */
function limitOf({ containers }: Pod): number | null {
  const limits = containers.filter(({ init }) => !init).map(({ limits: { memory } }) => memory)
  const known = limits.filter((memory) => memory !== null)
  return known.length === limits.length && known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : null
}
