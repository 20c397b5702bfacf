import {
  AREAS,
  type Area,
  type Check,
  compareSeverity,
  type HealthReport,
  type Status,
  worst,
} from './health.ts'
import { areaLine } from './health-lines.ts'

/** Everything that is wrong with one thing, from whichever area it was seen: a service that crashes is one problem, not four. */
export interface Trouble {
  readonly target: string
  readonly status: Status
  /** `pods: crash loop …`, worst first; areas that say the same stand together. */
  readonly lines: readonly string[]
  /** The command line that leads on. */
  readonly next: string | null
}

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
  const counts = countTroubles(troubles)
  const { status } = report
  return { status, counts, sentence: sentence(platform, status, troubles, areas), troubles, areas }
}

/** `Critical`, for headlines. */
export function statusWord(status: Status): string {
  return `${status.charAt(0).toUpperCase()}${status.slice(1)}`
}

export function isWrong(check: Pick<Check, 'status'>): boolean {
  return check.status === 'critical' || check.status === 'warning' || check.status === 'unknown'
}

/** Summaries of an area are left out: what they sum up is named itself. */
function troublesOf(checks: readonly Check[]): Trouble[] {
  const wrong = checks.filter((check) => isWrong(check) && check.facts.summary !== true)
  return [...Map.groupBy(wrong, (check) => check.target)]
    .map(([target, found]) => troubleOf(target, found))
    .toSorted((a, b) => compareSeverity(a.status, b.status))
}

function troubleOf(target: string, found: readonly Check[]): Trouble {
  const sorted = found.toSorted((a, b) => compareSeverity(a.status, b.status))
  const lines = [...Map.groupBy(sorted, (check) => check.reason)].map(
    ([reason, same]) => `${same.map((check) => check.area).join(', ')}: ${reason}`,
  )
  const next = sorted.find((check) => check.next)?.next ?? null
  return { target, status: sorted[0]?.status ?? 'unknown', lines, next }
}

function countTroubles(troubles: readonly Trouble[]): string {
  const of = (status: Status) => troubles.filter((trouble) => trouble.status === status).length
  const [critical, unknown, warnings] = [of('critical'), of('unknown'), of('warning')]
  const parts = [
    ...(critical > 0 ? [`${critical} critical`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ]
  return parts.join(', ') || 'nothing is wrong'
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
  const named = troubles.slice(0, NAMED).map((trouble) => `${trouble.target} ${trouble.status}`)
  const more = troubles.length > NAMED ? [`${troubles.length - NAMED} more`] : []
  return `${platform} is ${WORDS[status]}: ${[...named, ...more].join(', ')}.`
}
