import { duration, percent } from '../blocks/format.ts'
import type { ServiceTelemetry, TelemetryReader } from '../core/ports/telemetry.ts'
import { round } from '../core/units.ts'
import type { PlatformService } from '../platform.ts'
import { type Context, defineCheck, type Finding, notConfigured } from './check.ts'
import { conclude, lineFor, type Problem, problemAt, threshold } from './problems.ts'

/** Each service's figures in three spans that end now or where the next one begins. */
export interface ServiceFacts {
  /** The last `silentMinutes.warning` minutes. */
  readonly recent: readonly ServiceTelemetry[]
  /** The last `silentMinutes.critical` minutes: error rate and p99 are judged here. */
  readonly figures: readonly ServiceTelemetry[]
  /** The hour before `figures`. */
  readonly before: readonly ServiceTelemetry[]
}

const MINUTE_MS = 60_000
const BEFORE_MS = 60 * MINUTE_MS
/** Silence says something only when at least so many calls were to be expected: below that it is chance. */
const EXPECTED_CALLS = 10
/** Rates of fewer calls than this warn at most: one failure among three calls is not an outage. */
const ENOUGH_CALLS = 20
/** A fall to less than this part of the rate before is sudden. */
const SUDDEN_FALL = 0.2

export const services = defineCheck<ServiceFacts>({
  area: 'services',
  probes: ({ telemetry, clock, platform }) =>
    telemetry
      ? [
          {
            target: 'signoz',
            read: (signal) => readServices(telemetry, clock.now(), platform.thresholds.silentMinutes, signal),
          },
        ]
      : notConfigured('signoz', 'signoz'),
  judge: judgeServices,
})

async function readServices(
  telemetry: TelemetryReader,
  now: Date,
  silent: { readonly warning: number; readonly critical: number },
  signal: AbortSignal,
): Promise<ServiceFacts> {
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const span = silent.critical * MINUTE_MS
  const [recent, figures, before] = await Promise.all([
    telemetry.services(ago(silent.warning * MINUTE_MS), now, signal),
    telemetry.services(ago(span), now, signal),
    telemetry.services(ago(span + BEFORE_MS), ago(span), signal),
  ])
  return { recent, figures, before }
}

/** One finding for each service of platform.yaml, critical ones first. */
export function judgeServices(facts: ServiceFacts, context: Context): Finding[] {
  const byName = (list: readonly ServiceTelemetry[]) => new Map(list.map((entry) => [entry.name, entry]))
  const [recent, figures, before] = [byName(facts.recent), byName(facts.figures), byName(facts.before)]
  return context.platform.services
    .toSorted((a, b) => Number(b.critical) - Number(a.critical))
    .map((service) => {
      const name = service.telemetry ?? service.name
      const spans = { recent: recent.get(name), figures: figures.get(name), before: before.get(name) }
      return judgeService(service, spans, context)
    })
}

interface Spans {
  readonly recent: ServiceTelemetry | undefined
  readonly figures: ServiceTelemetry | undefined
  readonly before: ServiceTelemetry | undefined
}

function judgeService(service: PlatformService, spans: Spans, context: Context): Finding {
  const { figures, before } = spans
  const calls = figures?.calls ?? 0
  const facts = {
    reporting: calls > 0 || (before?.calls ?? 0) > 0,
    critical: service.critical,
    callsPerSecond: figures ? round(figures.rate) : 0,
    callsPerSecondBefore: before ? round(before.rate) : 0,
    errorRatePercent: figures && calls > 0 ? round(figures.errorRate) : null,
    p99Seconds: figures && calls > 0 ? Math.round(figures.p99Ms) / 1000 : null,
  }
  const problems = facts.reporting
    ? [...silence(service, spans, context), ...rates(service, figures, context)]
    : absence(service)
  return conclude(service.name, facts, problems, {
    threshold: threshold(context.thresholds.errorRatePercent, '% errors'),
  })
}

function absence(service: PlatformService): Problem[] {
  return [
    {
      status: service.critical ? 'critical' : 'warning',
      reason: 'SigNoz has seen no call for more than an hour: it gets none, or its telemetry does not arrive',
      next: lineFor(service.name, (name) => `logs ${name} --since 1h --grep otel`),
    },
  ]
}

/** No call where there were calls before (guide: "Service down (no requests for 2 minutes)", "Sudden drop in request rate"). */
function silence(service: PlatformService, { recent, figures, before }: Spans, context: Context): Problem[] {
  const levels = context.thresholds.silentMinutes
  const rateBefore = before?.rate ?? 0
  const expected = (minutes: number) => rateBefore * minutes * 60
  const was = `before, it had ${round(rateBefore)} calls a second`
  const next = lineFor(service.name, (name) => `pods ${name}`)
  const limits = { threshold: threshold(levels, 'min without a call'), next }
  const none = (span: ServiceTelemetry | undefined) => (span?.calls ?? 0) === 0
  const silent = (minutes: number) => `silent for at least ${duration(minutes * 60)}; ${was}`
  if (none(figures) && expected(levels.critical) >= EXPECTED_CALLS) {
    return [{ status: 'critical', reason: silent(levels.critical), ...limits }]
  }
  if (none(recent) && expected(levels.warning) >= EXPECTED_CALLS) {
    return [{ status: 'warning', reason: silent(levels.warning), ...limits }]
  }
  const enough = expected(levels.critical) >= EXPECTED_CALLS / SUDDEN_FALL
  if (figures && enough && figures.rate < rateBefore * SUDDEN_FALL) {
    return [{ status: 'warning', reason: `calls fell to ${round(figures.rate)} a second; ${was}`, next }]
  }
  return []
}

/** p99: 2 s is the aim for critical services, 3 s a red flag for all of them (guide, "Services Tab"). */
function rates(service: PlatformService, figures: ServiceTelemetry | undefined, context: Context): Problem[] {
  if (!figures || figures.calls === 0) return []
  const { errorRatePercent, p99Seconds } = context.thresholds
  const next = lineFor(service.name, (name) => `logs ${name} --since 15m --grep error`)
  const seconds = figures.p99Ms / 1000
  const slow = `p99 is ${round(seconds)} s`
  const errors = problemAt(figures.errorRate, errorRatePercent, {
    unit: '% errors',
    reason: `${percent(figures.errorRate)} of calls fail`,
    next,
  })
  const latency = problemAt(seconds, p99Seconds, { unit: 's', reason: slow, next }).filter(
    ({ status }) => service.critical || status === 'critical',
  )
  const most = (status: Problem['status']): Problem['status'] =>
    figures.calls < ENOUGH_CALLS ? 'warning' : status
  return [
    ...errors.map((problem) => ({ ...problem, status: most(problem.status) })),
    ...latency.map((problem) => ({
      ...problem,
      status: service.critical ? most(problem.status) : ('warning' as const),
    })),
  ]
}
