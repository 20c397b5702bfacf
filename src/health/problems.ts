import { count } from '../blocks/format.ts'
import { compareSeverity, type Fact, type Status, type Threshold, worst } from '../core/health.ts'
import type { Levels } from '../platform.ts'
import type { Finding } from './check.ts'

export type Severity = 'warning' | 'critical'

/** One thing that is wrong with a target; a target may have several. */
export interface Problem {
  readonly status: Severity
  readonly reason: string
  readonly threshold?: Threshold
  readonly next?: string | undefined
}

const REASONS_SHOWN = 3

/**
 * Which level a value has reached. Where more is worse, reaching a level counts (80 of 80 is a warning); where less is
 * worse (critical below warning), falling below it counts. Null (not known) reaches nothing.
 */
function reached(value: number | null, levels: Levels): Severity | null {
  if (value === null || Number.isNaN(value)) return null
  const lessIsWorse = levels.critical < levels.warning
  const beyond = (level: number) => (lessIsWorse ? value < level : value >= level)
  if (beyond(levels.critical)) return 'critical'
  return beyond(levels.warning) ? 'warning' : null
}

export function threshold(levels: Levels, unit: string): Threshold {
  return { warning: levels.warning, critical: levels.critical, unit }
}

/** A problem when the value has reached a level, else nothing. */
export function problemAt(
  value: number | null,
  levels: Levels,
  problem: { unit: string; reason: string; next?: string | undefined },
): Problem[] {
  const status = reached(value, levels)
  if (status === null) return []
  return [{ status, reason: problem.reason, threshold: threshold(levels, problem.unit), next: problem.next }]
}

/** Many problems as one finding: the worst decides status, threshold and next step; the reason names the first three. */
export function conclude(
  target: string,
  facts: Readonly<Record<string, Fact>>,
  problems: readonly Problem[],
  more: {
    /** Shown when no problem brings its own. */
    readonly threshold?: Threshold
    readonly next?: string | undefined
    readonly observedAt?: Date
  } = {},
): Finding {
  const sorted = problems.toSorted((a, b) => compareSeverity(a.status, b.status))
  const [first] = sorted
  const observed = more.observedAt ? { observedAt: more.observedAt } : {}
  const limit = first?.threshold ?? more.threshold
  const limits = limit ? { threshold: limit } : {}
  if (!first) return { target, status: 'ok', reason: '', facts, ...limits, ...observed }
  const hidden = sorted.length - REASONS_SHOWN
  const reason = [
    ...sorted.slice(0, REASONS_SHOWN).map((problem) => problem.reason),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ].join('; ')
  const next = sorted.find((problem) => problem.next)?.next ?? more.next
  return { target, status: first.status, reason, facts, ...limits, ...observed, ...(next ? { next } : {}) }
}

/**
 * A finding that sums up the others of its area: it is as bad as the worst of them, and marked, so that a message that
 * names the others does not name it again.
 */
export function summarise(
  target: string,
  facts: Readonly<Record<string, Fact>>,
  others: readonly Finding[],
  words: { readonly one: string; readonly many?: string; readonly observedAt?: Date; readonly next?: string },
): Finding {
  const broken = others.filter((finding) => finding.status !== 'ok' && finding.status !== 'off')
  const status: Status = broken.length === 0 ? 'ok' : worst(broken.map((finding) => finding.status))
  const verb = broken.length === 1 ? 'has a problem' : 'have problems'
  const reason = broken.length === 0 ? '' : `${count(broken.length, words.one, words.many)} ${verb}`
  return {
    target,
    status,
    reason,
    facts: { summary: true, ...facts },
    ...(words.observedAt ? { observedAt: words.observedAt } : {}),
    ...(broken.length > 0 && words.next ? { next: words.next } : {}),
  }
}

const PLAIN_NAME = /^[a-z0-9][-a-z0-9.]{0,252}$/

/** A command line about a named thing; nothing when the name is not a Kubernetes name and could mean something else. */
export function lineFor(name: string, line: (name: string) => string): string | undefined {
  return PLAIN_NAME.test(name) ? line(name) : undefined
}
