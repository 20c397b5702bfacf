import type { Observed, PodUsage, Usage } from '../../core/ports/cluster.ts'
import { at, list, moment, text } from '../../core/raw.ts'
import type { KubernetesClient } from './client.ts'
import { quantity } from './quantity.ts'
import { requestOf } from './resources.ts'
import { workloadByName } from './workload.ts'

const GROUP = 'metrics.k8s.io'
/** The newest first that is the same in shape. */
const VERSIONS = ['v1', 'v1beta1']
const TIMEOUT_MS = 5_000

/** CPU and memory of one node as metrics-server tells it; null when a number is missing. */
export function projectNodeUsage(raw: unknown): Usage | null {
  return usage(raw, [at(raw, 'usage')])
}

/** CPU and memory of one pod: the sum over its containers. */
export function projectPodUsage(raw: unknown): PodUsage | null {
  const containers = list(at(raw, 'containers')).map((one) => at(one, 'usage'))
  const total = usage(raw, containers)
  return total === null ? null : Object.freeze({ ...total, workload: workloadByName(raw) })
}

function usage(raw: unknown, parts: readonly unknown[]): Usage | null {
  const name = text(at(raw, 'metadata', 'name'))
  const measuredAt = moment(at(raw, 'timestamp'))
  const cpu = sum(parts.map((part) => quantity(at(part, 'cpu'))))
  const memory = sum(parts.map((part) => quantity(at(part, 'memory'))))
  if (name === null || measuredAt === null || cpu === null || memory === null) return null
  return Object.freeze({ name, cpu, memory, measuredAt })
}

function sum(numbers: readonly (number | null)[]): number | null {
  let total = 0
  for (const number of numbers) {
    if (number === null) return null
    total += number
  }
  return numbers.length === 0 ? null : total
}

/** Asks metrics-server once. It has neither watches nor pages; pods that it has not measured yet are missing. */
export interface UsageSource {
  nodes(signal: AbortSignal): Promise<Observed<Usage>>
  pods(signal: AbortSignal): Promise<Observed<PodUsage>>
}

export function createUsageSource(client: KubernetesClient, namespace: string): UsageSource {
  let version: Promise<string> | null = null

  async function read<T>(
    where: { readonly plural: string; readonly namespace: string | null },
    project: (raw: unknown) => T | null,
    signal: AbortSignal,
  ): Promise<Observed<T>> {
    version ??= discover(client, where, signal)
    try {
      const request = requestOf({ group: GROUP, version: await version, ...where }, 'list')
      const answer = await client.json({ ...request, timeoutMs: TIMEOUT_MS }, signal)
      const items = list(at(answer, 'items')).flatMap((raw) => project(raw) ?? [])
      return { items: Object.freeze(items), observedAt: new Date() }
    } catch (error) {
      version = null
      throw error
    }
  }

  return {
    nodes: (signal) => read({ plural: 'nodes', namespace: null }, projectNodeUsage, signal),
    pods: (signal) => read({ plural: 'pods', namespace }, projectPodUsage, signal),
  }
}

/** Which version of the metrics API is served: 404 when metrics-server is not installed. */
async function discover(
  client: KubernetesClient,
  where: { readonly plural: string; readonly namespace: string | null },
  signal: AbortSignal,
): Promise<string> {
  const operation = {
    verb: 'list',
    resource: where.plural,
    group: GROUP,
    namespace: where.namespace,
  } as const
  const group = await client.json({ operation, path: `/apis/${GROUP}`, timeoutMs: TIMEOUT_MS }, signal)
  const served = list(at(group, 'versions')).map((one) => at(one, 'version'))
  return VERSIONS.find((version) => served.includes(version)) ?? 'v1beta1'
}
