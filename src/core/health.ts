/** How a thing is. `unknown`: it could not be asked, which is never the same as well. `off`: not configured. */
export const STATUSES = ['ok', 'warning', 'critical', 'unknown', 'off'] as const
export type Status = (typeof STATUSES)[number]

export const AREAS = [
  'pods',
  'deployments',
  'nodes',
  'top',
  'services',
  'alerts',
  'collector',
  'databases',
  'redis',
  'rabbitmq',
] as const
export type Area = (typeof AREAS)[number]

/** The numbers at which a fact turns into a warning and into critical. Where the guide names two, the lower is the warning. */
export interface Threshold {
  readonly warning?: number
  readonly critical?: number
  readonly unit: string
}

export type Fact = number | string | boolean | null

/** What one check found about one target (docs/CONTRACT.md, "Health as data"). */
export interface Check {
  readonly area: Area
  readonly target: string
  readonly status: Status
  /** One sentence without a full stop; empty when all is well. */
  readonly reason: string
  readonly facts: Readonly<Record<string, Fact>>
  readonly threshold?: Threshold
  /** When the world was seen so: ISO 8601, UTC. */
  readonly observedAt: string
  readonly durationMs: number
  /** A command line (without `/bakery`) that is the next step, where there is one. */
  readonly next?: string
}

export interface HealthReport {
  readonly version: 1
  readonly at: string
  readonly status: Status
  readonly checks: readonly Check[]
}

const SEVERITY: Record<Status, number> = { off: 0, ok: 1, warning: 2, unknown: 3, critical: 4 }

/** Sorts the worst first. */
export function compareSeverity(a: Status, b: Status): number {
  return SEVERITY[b] - SEVERITY[a]
}

/** The worst of many; `off` when there is nothing to judge. */
export function worst(statuses: readonly Status[]): Status {
  return statuses.toSorted(compareSeverity)[0] ?? 'off'
}
