import type { CollectorState } from '../core/ports/collector.ts'
import { type Context, defineCheck, type Finding, notConfigured } from './check.ts'
import { conclude } from './problems.ts'

const TARGET = 'otel-collector'
const NEXT = 'pods --problems'

export const collector = defineCheck<CollectorState>({
  area: 'collector',
  probes: ({ collector: reader }) =>
    reader
      ? [{ target: TARGET, read: (signal) => reader.state(signal) }]
      : notConfigured(TARGET, 'collector'),
  judge: judgeCollector,
  nextWhenUnknown: () => NEXT,
})

/** A collector that says it is not available loses what services send: everything that SigNoz shows is then too little. */
export function judgeCollector({ available, status, upSince }: CollectorState, _context: Context): Finding[] {
  const facts = { available, says: status, upSince: upSince?.toISOString() ?? null }
  const reason = `not available (it says "${status}"), so traces, metrics and logs are being lost`
  return [conclude(TARGET, facts, available ? [] : [{ status: 'critical', reason, next: NEXT }])]
}
