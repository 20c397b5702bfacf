import { AREAS, type Area, type HealthReport, type Status, worst } from './health.ts'
import { bundleTroubles } from './health-bundles.ts'
import { areaLine, counts } from './health-lines.ts'
import { type Trouble, troublesOf } from './health-troubles.ts'

export interface AreaSummary {
  readonly area: Area
  readonly status: Status
  /** A few words: at most about 24 characters. */
  readonly line: string
}

export interface HealthSummary {
  readonly status: Status
  /** `2 critical, 1 unknown, 3 warnings`; `nothing is wrong`. */
  readonly counts: string
  /** One sentence that states state and target by itself. */
  readonly sentence: string
  /** The worst first. */
  readonly troubles: readonly Trouble[]
  readonly areas: readonly AreaSummary[]
}

const WORDS: Record<Status, string> = {
  ok: 'well',
  warning: 'degraded',
  critical: 'critical',
  unknown: 'partly unknown',
  off: 'not watched',
}
const NAMED = 3

export function summariseHealth(report: HealthReport, platform: string): HealthSummary {
  const troubles = troublesOf(report.checks)
  const areas = AREAS.flatMap((area): AreaSummary[] => {
    const checks = report.checks.filter((check) => check.area === area)
    if (checks.length === 0) return []
    return [{ area, status: worst(checks.map((check) => check.status)), line: areaLine(area, checks) }]
  })
  const { status } = report
  return {
    status,
    counts: counts(troubles) || 'nothing is wrong',
    sentence: sentence(platform, status, troubles, areas),
    troubles,
    areas,
  }
}

/** `Critical`, for headlines. */
export function statusWord(status: Status): string {
  return `${status.charAt(0).toUpperCase()}${status.slice(1)}`
}

function sentence(
  platform: string,
  status: Status,
  troubles: readonly Trouble[],
  areas: readonly AreaSummary[],
): string {
  const off = areas.filter((area) => area.status === 'off').length
  const unwatched = off > 0 ? `, ${off} not configured` : ''
  if (status === 'off') return `${platform}: ${areas.map(({ area }) => area).join(', ')} not configured.`
  if (troubles.length === 0) {
    const checked =
      areas.length === 1 ? `${areas[0]?.area} checked` : `${areas.length - off} areas checked${unwatched}`
    return `${platform} is ${WORDS[status]}: ${checked}, nothing is wrong.`
  }
  const nothingKnown = areas.every((area) => area.status === 'unknown' || area.status === 'off')
  return `${platform} is ${nothingKnown ? 'unknown' : WORDS[status]}: ${namesByStatus(troubles)}.`
}

/** `auth-db, orders-service critical; 14 databases unknown; gateway and 2 more warning`. */
function namesByStatus(troubles: readonly Trouble[]): string {
  const groups = Map.groupBy(bundleTroubles(troubles), (bundle) => bundle.status)
  return [...groups]
    .map(([status, bundles]) => {
      const names = bundles.slice(0, NAMED).map(({ title }) => title.replace(/^The cluster$/, 'the cluster'))
      const more = bundles.slice(NAMED).reduce((sum, { size }) => sum + size, 0)
      return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''} ${status}`
    })
    .join('; ')
}
