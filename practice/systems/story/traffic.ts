import { hash } from '../../cluster/hash.ts'
import { databaseOf, SERVICES } from '../../cluster/platform-names.ts'
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

/** How busy the bakeries are, from 0.4 at night to 1 in the morning. */
export function hourOfDay(at: Date): number {
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60
  return 0.7 + 0.3 * Math.cos(((hour - 8) / 12) * Math.PI)
}

/** What a service's callers see at one moment. Without its database most calls fail; without pods there are none. */
export function trafficOf(service: string, at: Date, outages: readonly Outage[]): Traffic {
  const own = hash(service)
  const rate = (BUSY[service] ?? 1 + (own % 50) / 10) * hourOfDay(at)
  const healthy = { rate, errorPercent: 0.05 + (own % 20) / 100, p99Ms: 140 + (own % 500) }
  if (find(outages, 'workload', service, at)) return { ...healthy, rate: 0 }
  if (find(outages, 'database', databaseOf(service), at)) {
    return { rate: rate * 0.9, errorPercent: 64, p99Ms: DATABASE_TIMEOUT_MS + (own % 200) }
  }
  if (service !== 'gateway') return healthy
  const broken = SERVICES.filter((name) => name !== service && isBroken(name, at, outages))
  return { ...healthy, errorPercent: healthy.errorPercent + 2.2 * broken.length }
}

export function isBroken(service: string, at: Date, outages: readonly Outage[]): boolean {
  return Boolean(find(outages, 'workload', service, at) ?? find(outages, 'database', databaseOf(service), at))
}

export interface Span extends Traffic {
  readonly calls: number
  readonly errors: number
}

const LOOKS = 40

/** The same over a span of time: calls add up, the 99th percentile is that of the worst part which is long enough. */
export function trafficBetween(service: string, from: Date, to: Date, outages: readonly Outage[]): Span {
  const seconds = Math.max(1, (to.getTime() - from.getTime()) / 1000)
  const parts = Array.from({ length: LOOKS }, (_, index) =>
    trafficOf(service, new Date(from.getTime() + ((index + 0.5) / LOOKS) * seconds * 1000), outages),
  )
  const rate = parts.reduce((sum, part) => sum + part.rate, 0) / LOOKS
  const calls = Math.round(rate * seconds)
  const failing = parts.reduce((sum, part) => sum + part.rate * part.errorPercent, 0)
  const errorPercent = rate === 0 ? 0 : failing / LOOKS / rate
  const p99Ms = Math.max(0, ...parts.filter((part) => part.rate > 0).map((part) => part.p99Ms))
  return { rate, calls, errors: Math.round((calls * errorPercent) / 100), errorPercent, p99Ms }
}
