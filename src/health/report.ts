import { deadline } from '../core/deadline.ts'
import { coerceError, DependencyError, UserError } from '../core/errors.ts'
import { AREAS, type Area, type Check, type HealthReport, worst } from '../core/health.ts'
import type { HealthReader } from '../core/ports/health.ts'
import type { SystemPorts } from '../core/ports/index.ts'
import { orAborted } from '../core/waiting.ts'
import { alerts } from './alerts.ts'
import type { AreaCheck, Context, Finding, SealedProbe } from './check.ts'
import { collector } from './collector.ts'
import { databases } from './databases.ts'
import { deployments } from './deployments.ts'
import { nodes } from './nodes.ts'
import { pods } from './pods.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { services } from './services.ts'
import { top } from './top.ts'

/** Every area and its check. */
const CHECKS = {
  ...{ pods, deployments, nodes, top, services, alerts, collector, databases, redis, rabbitmq },
} satisfies Record<Area, AreaCheck>

/**
 * The next step where a finding brings none of its own. What the cluster does not tell, the calls of the services do;
 * a system that does not answer has pods that can be looked at.
 */
const NEXT: Record<Area, string> = {
  ...{ pods: 'services', deployments: 'services', nodes: 'services', top: 'services' },
  ...{ services: 'pods --problems', alerts: 'pods --problems', collector: 'pods --problems' },
  ...{ databases: 'pods --problems', redis: 'pods --problems', rabbitmq: 'pods --problems' },
}

export interface HealthLog {
  error(facts: object, message: string): void
}
const SILENT: HealthLog = { error: () => undefined }

/** Milliseconds that each probe has for its answer. */
const DEADLINE_MS = 3000

/**
 * Asks everything at the same time, each probe within its own deadline: whatever hangs, fails or is missing is *unknown*
 * or *off* with its reason, and the rest of the report stands.
 */
export function createHealth(
  ports: SystemPorts,
  log: HealthLog = SILENT,
  { deadlineMs = DEADLINE_MS }: { readonly deadlineMs?: number } = {},
): HealthReader {
  return {
    async report(areas, signal): Promise<HealthReport> {
      const at = ports.clock.now()
      const wanted = AREAS.filter((area) => areas.length === 0 || areas.includes(area))
      const running = wanted.map((area) => runArea(CHECKS[area], { ports, log, deadlineMs, signal }))
      const checks = (await Promise.all(running)).flat()
      return { version: 1, at: at.toISOString(), status: worst(checks.map(({ status }) => status)), checks }
    },
  }
}

interface Run {
  readonly ports: SystemPorts
  readonly log: HealthLog
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

async function runArea(check: AreaCheck, run: Run): Promise<readonly Check[]> {
  const now = run.ports.clock.now()
  try {
    const probes = check.probes(run.ports)
    if ('absent' in probes) return [toCheck(check.area, probes.absent, now, 0)]
    return (await Promise.all(probes.map((probe) => runProbe(check.area, probe, run)))).flat()
  } catch (thrown) {
    return [toCheck(check.area, broken(check.area, thrown, run), now, 0)]
  }
}

async function runProbe(area: Area, probe: SealedProbe, run: Run): Promise<readonly Check[]> {
  const { ports } = run
  const started = performance.now()
  const findings = await findingsOf(area, probe, run)
  const durationMs = Math.round((performance.now() - started) * 10) / 10
  const now = ports.clock.now()
  return findings.map((finding) => toCheck(area, finding, now, durationMs))
}

async function findingsOf(area: Area, probe: SealedProbe, run: Run): Promise<readonly Finding[]> {
  const { platform, clock } = run.ports
  const within = deadline(run.signal, run.deadlineMs)
  const { signal } = within
  try {
    // A port that does not listen to its signal is left behind all the same.
    const judge = await orAborted(probe.read(signal), signal)
    const context: Context = { platform, thresholds: platform.thresholds, now: clock.now() }
    return judge(context)
  } catch (thrown) {
    const error = coerceError(thrown)
    const known = signal.aborted ? null : probe.judgeFailure(error)
    if (known) return [known]
    const next = probe.nextWhenUnknown(platform)
    const unknown = signal.aborted
      ? unanswered(probe.target, !run.signal.aborted, run.deadlineMs)
      : broken(probe.target, error, run, area)
    return [{ ...unknown, ...(next ? { next } : {}) }]
  } finally {
    within.end()
  }
}

function unanswered(target: string, late: boolean, deadlineMs: number): Finding {
  const reason = late
    ? `no answer within ${deadlineMs / 1000} s`
    : 'not answered before the whole report had to be ready'
  return { target, status: 'unknown', reason, facts: {} }
}

/** An error that was made for people is shown; any other is a fault of ours, and its text may hold anything: it is only logged. */
function broken(target: string, thrown: unknown, { log }: Run, area?: Area): Finding {
  const error = coerceError(thrown)
  if (error instanceof DependencyError || error instanceof UserError) {
    return { target, status: 'unknown', reason: error.message.replace(/[.\s]+$/, ''), facts: {} }
  }
  log.error({ err: error, area, target }, 'a health check failed by itself')
  return { target, status: 'unknown', reason: 'the check itself failed; the log has the cause', facts: {} }
}

function toCheck(area: Area, finding: Finding, now: Date, durationMs: number): Check {
  const { target, status, reason, facts, threshold, observedAt = now } = finding
  const next = finding.next ?? (status === 'ok' || status === 'off' ? undefined : NEXT[area])
  return {
    ...{ area, target, status, reason, facts },
    ...(threshold ? { threshold } : {}),
    observedAt: observedAt.toISOString(),
    durationMs,
    ...(next ? { next } : {}),
  }
}
