import { hash } from '../../cluster/hash.ts'
import { databaseOf, SERVICES } from '../../cluster/platform-names.ts'
import { hourOfDay, wobble } from './hours.ts'
import { find, type Outage } from './outages.ts'

/** How a service is used at one moment. */
export interface Traffic {
  /** Calls a second. */
  readonly rate: number
  readonly errorPercent: number
  readonly p99Ms: number
}

/** Calls a second at a full hour; services that are not named have a number of their own between 1 and 6. */
const BUSY: Readonly<Record<string, number>> = {
  gateway: 42,
  'auth-service': 11,
  'orders-service': 6.4,
  'pos-service': 8.2,
  'sales-service': 5.1,
}
/** A query that waits for a database which is not there ends after so long. */
const DATABASE_TIMEOUT_MS = 5000
/** The name of the outage in which everything is slow, and how slow it is. */
export const STORM = 'platform'
const STORM_MS = 2300

/** Calls a second that a service would have if all were well. */
export function demandOf(service: string, at: Date, seed = 0): number {
  const busy = BUSY[service] ?? 1 + (hash(service) % 50) / 10
  return busy * hourOfDay(at) * wobble(service, at, seed)
}

/**
 * What a service's callers see at one moment. Without its database most calls fail, with one that is full or locked some
 * fail and all are slow; without pods there are no calls.
 */
export function trafficOf(service: string, at: Date, outages: readonly Outage[], seed = 0): Traffic {
  const own = hash(service)
  const rate = demandOf(service, at, seed)
  const unevenness = wobble(`${service} errors`, at, seed)
  const slowest = find(outages, 'storm', STORM, at) ? STORM_MS + (own % 400) : 140 + (own % 500)
  const healthy = { rate, errorPercent: (0.05 + (own % 20) / 100) * unevenness, p99Ms: slowest * unevenness }
  const database = databaseOf(service)
  if (find(outages, 'database', database, at)) {
    return { rate: rate * 0.9, errorPercent: 64, p99Ms: DATABASE_TIMEOUT_MS + (own % 200) }
  }
  if (find(outages, 'workload', service, at)) return { ...healthy, rate: 0 }
  if (find(outages, 'connections', database, at)) {
    return { rate: rate * 0.95, errorPercent: 38, p99Ms: DATABASE_TIMEOUT_MS + (own % 200) }
  }
  if (find(outages, 'locks', database, at))
    return { ...healthy, errorPercent: 3.5, p99Ms: 4200 + (own % 200) }
  if (service !== 'gateway') return healthy
  const broken = SERVICES.filter((name) => name !== service && isBroken(name, at, outages))
  return { ...healthy, errorPercent: healthy.errorPercent + 2.2 * broken.length }
}

/** Whether the calls of a service fail, most of them or all. */
export function isBroken(service: string, at: Date, outages: readonly Outage[]): boolean {
  const database = databaseOf(service)
  return Boolean(
    find(outages, 'workload', service, at) ??
      find(outages, 'database', database, at) ??
      find(outages, 'connections', database, at),
  )
}

export interface Span extends Traffic {
  readonly calls: number
  readonly errors: number
}

const LOOKS = 40

/** The same over a span of time: calls add up, the 99th percentile is that of the worst part which is long enough. */
export function trafficBetween(
  service: string,
  span: { readonly from: Date; readonly to: Date },
  outages: readonly Outage[],
  seed = 0,
): Span {
  const { from, to } = span
  const seconds = Math.max(1, (to.getTime() - from.getTime()) / 1000)
  const parts = Array.from({ length: LOOKS }, (_, index) =>
    trafficOf(service, new Date(from.getTime() + ((index + 0.5) / LOOKS) * seconds * 1000), outages, seed),
  )
  const rate = parts.reduce((sum, part) => sum + part.rate, 0) / LOOKS
  const calls = Math.round(rate * seconds)
  const failing = parts.reduce((sum, part) => sum + part.rate * part.errorPercent, 0)
  const errorPercent = rate === 0 ? 0 : failing / LOOKS / rate
  const p99Ms = Math.max(0, ...parts.filter((part) => part.rate > 0).map((part) => part.p99Ms))
  return { rate, calls, errors: Math.round((calls * errorPercent) / 100), errorPercent, p99Ms }
}
