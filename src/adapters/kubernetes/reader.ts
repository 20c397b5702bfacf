import type { DependencyError } from '../../core/errors.ts'
import type { ClusterReader, Deployment, Observed } from '../../core/ports/cluster.ts'
import type { KubernetesClient } from './client.ts'
import { listAll } from './list.ts'
import { createReflector, type Timing } from './reflector.ts'
import { type Resource, type Resources, resourcesOf } from './resources.ts'
import { createSampler } from './sampler.ts'
import { createUsageSource } from './usage.ts'

/** Something that gives the objects of one kind, however it comes by them. */
type Read<T> = (signal: AbortSignal) => Promise<Observed<T>>
type Reads = {
  readonly [Kind in keyof Resources]: Resources[Kind] extends Resource<infer T> ? Read<T> : never
}

export interface RunningReader {
  readonly reader: ClusterReader
  start(): void
  stop(): Promise<void>
}

export interface ReaderOptions {
  readonly client: KubernetesClient
  readonly namespace: string
  readonly onTrouble?: (error: DependencyError) => void
  readonly timing?: Partial<Timing>
}

/** Caches that watches keep true: an answer costs no request. */
export function createWatchingReader(options: ReaderOptions): RunningReader {
  const { client, namespace } = options
  const resources = resourcesOf(namespace)
  const usage = createUsageSource(client, namespace)
  const background: { start(): void; stop(): Promise<void> }[] = []

  function watched<T>(resource: Resource<T>): Read<T> {
    const reflector = createReflector({ ...options, resource })
    background.push(reflector)
    return reflector.read
  }
  function sampled<T>(sample: Read<T>): Read<T> {
    const sampler = createSampler({ sample })
    background.push(sampler)
    return sampler.read
  }

  const reads: Reads = {
    pods: watched(resources.pods),
    deployments: watched(resources.deployments),
    statefulSets: watched(resources.statefulSets),
    daemonSets: watched(resources.daemonSets),
    nodes: watched(resources.nodes),
    events: watched(resources.events),
  }
  return {
    reader: readerOf(reads, { nodes: sampled(usage.nodes), pods: sampled(usage.pods) }),
    start: () => background.forEach((one) => void one.start()),
    stop: async () => void (await Promise.all(background.map((one) => one.stop()))),
  }
}

/** Each kind is asked for once, at its first read, and kept: for a process that answers one question and ends. */
export function createListingReader({ client, namespace }: ReaderOptions): RunningReader {
  const resources = resourcesOf(namespace)
  const usage = createUsageSource(client, namespace)
  const listed = <T>(resource: Resource<T>): Read<T> =>
    once(async (signal) => {
      const { items, at } = await listAll(client, resource, signal)
      return { items: Object.freeze([...items.values()]), observedAt: at }
    })
  const reads: Reads = {
    pods: listed(resources.pods),
    deployments: listed(resources.deployments),
    statefulSets: listed(resources.statefulSets),
    daemonSets: listed(resources.daemonSets),
    nodes: listed(resources.nodes),
    events: listed(resources.events),
  }
  return {
    reader: readerOf(reads, { nodes: once(usage.nodes), pods: once(usage.pods) }),
    start: () => undefined,
    stop: async () => undefined,
  }
}

function readerOf(
  reads: Reads,
  usage: { nodes: ClusterReader['nodeUsage']; pods: ClusterReader['podUsage'] },
): ClusterReader {
  return {
    pods: reads.pods,
    nodes: reads.nodes,
    nodeUsage: usage.nodes,
    podUsage: usage.pods,
    async deployments(signal) {
      const { deployments, statefulSets, daemonSets } = reads
      return together(await Promise.all([deployments(signal), statefulSets(signal), daemonSets(signal)]))
    },
    async events(signal) {
      const { items, observedAt } = await reads.events(signal)
      return { items: items.toSorted((a, b) => b.at.getTime() - a.at.getTime()), observedAt }
    },
  }
}

/** Several kinds as one: true as of the oldest of them. */
function together(parts: readonly Observed<Deployment>[]): Observed<Deployment> {
  return {
    items: parts.flatMap(({ items }) => items),
    observedAt: new Date(Math.min(...parts.map(({ observedAt }) => observedAt.getTime()))),
  }
}

/** Remembers what was read; a failure is not remembered. */
function once<T>(read: Read<T>): Read<T> {
  let known: Promise<Observed<T>> | null = null
  return async (signal) => {
    known ??= read(signal)
    try {
      return await known
    } catch (error) {
      known = null
      throw error
    }
  }
}
