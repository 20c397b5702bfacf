import type { Operation } from '../core/operation.ts'
import type { ReadPorts } from '../core/ports/index.ts'
import { at, count, list, record } from '../core/raw.ts'

/** How one workload is, as far as it can be told: null where it cannot. */
export interface WorkloadHealth {
  readonly name: string
  /** Percent of requests. */
  readonly errorRate: number | null
  readonly p99Ms: number | null
  /** Of its containers, as long as its pods live. */
  readonly restarts: number | null
}
export type Health = readonly WorkloadHealth[]

export type HealthPorts = Pick<ReadPorts, 'telemetry' | 'cluster' | 'clock' | 'platform'>

/** The figures before are of this long before the change, those after of at most this long after it. */
const SPAN_MS = 5 * 60_000

/** The services that an operation may help or hurt. */
function watched({ plan }: Pick<Operation, 'plan'>): readonly string[] {
  const workloads = plan.watch ?? plan.steps.map(({ ref }) => ref).filter(({ kind }) => WORKLOADS.has(kind))
  return [...new Set(workloads.map(({ name }) => name))]
}

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** Null: nothing of it can be told. What cannot be asked is never an error here. */
export async function measure(
  ports: HealthPorts,
  operation: Operation,
  since: Date | null,
  signal: AbortSignal,
): Promise<Health | null> {
  const names = watched(operation)
  if (names.length === 0) return null
  const now = ports.clock.now()
  const from = new Date(Math.max(now.getTime() - SPAN_MS, since?.getTime() ?? 0))
  const [services, pods] = await Promise.all([
    ports.telemetry?.services(from, now, signal).catch(() => null) ?? null,
    ports.cluster?.pods(signal).catch(() => null) ?? null,
  ])
  if (services === null && pods === null) return null
  return names.map((name) => {
    const telemetry = ports.platform.services.find((service) => service.name === name)?.telemetry ?? name
    const red = services?.find((service) => service.name === telemetry)
    const own = pods?.items.filter(({ workload, deletedAt }) => workload === name && deletedAt === null)
    const restarts = own?.flatMap(({ containers }) => containers.map((one) => one.restarts))
    return {
      name,
      errorRate: red?.errorRate ?? null,
      p99Ms: red?.p99Ms ?? null,
      restarts: restarts?.reduce((sum, one) => sum + one, 0) ?? null,
    }
  })
}

/** What was measured before the first effect, as it was kept with a step. */
export function healthBefore({ steps }: Pick<Operation, 'steps'>): Health {
  const kept = steps.flatMap(({ before }) => list(at(before, 'health')))
  return kept.map((one) => {
    const { name, errorRate, p99Ms, restarts } = record(one)
    const figure = (value: unknown) => (typeof value === 'number' ? value : null)
    return {
      name: String(name),
      ...{ errorRate: figure(errorRate), p99Ms: figure(p99Ms), restarts: figure(restarts) },
    }
  })
}

/** A workload that is worse than before, in a sentence without its full stop. */
export interface Worse {
  readonly name: string
  readonly says: string
}

/**
 * What has become worse: over the platform's own threshold now, and clearly more than before. A figure that is missing on
 * one side says nothing. Pods that were replaced begin at no restarts.
 */
export function worsened(
  before: Health,
  now: Health,
  thresholds: Pick<
    ReadPorts['platform']['thresholds'],
    'errorRatePercent' | 'p99Seconds' | 'restartsPerHour'
  >,
): readonly Worse[] {
  return now.flatMap((one) => {
    const past = before.find(({ name }) => name === one.name)
    const found = [
      rise('error rate', '%', past?.errorRate, one.errorRate, thresholds.errorRatePercent.warning),
      rise('p99', 'ms', past?.p99Ms, one.p99Ms, thresholds.p99Seconds.warning * 1000),
      restarted(past?.restarts, one.restarts, thresholds.restartsPerHour.warning),
    ].filter((says) => says !== null)
    return found.length === 0 ? [] : [{ name: one.name, says: found.join(', ') }]
  })
}

/** Twice as much is no noise. */
const CLEARLY = 2

function rise(
  what: string,
  unit: string,
  before: number | null | undefined,
  now: number | null,
  threshold: number,
): string | null {
  if (before === null || before === undefined || now === null) return null
  if (now < threshold || now < before * CLEARLY) return null
  return `${what} ${shown(now)} ${unit} (before: ${shown(before)} ${unit})`
}

function restarted(before: number | null | undefined, now: number | null, threshold: number): string | null {
  if (before === null || before === undefined || now === null) return null
  return now >= threshold && now > before ? `${now} restarts since` : null
}

function shown(value: number): string {
  return String(count(Math.round(value * 10) / 10))
}
