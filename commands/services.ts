import { z } from 'zod'
import { count, span } from '../src/blocks/builders.ts'
import { defineQuery } from '../src/core/command.ts'
import type { Check, Status } from '../src/core/health.ts'
import { compareSeverity } from '../src/core/health.ts'
import { isWrong } from '../src/core/health-troubles.ts'
import { duration, service } from '../src/core/names.ts'
import type { ServiceTelemetry } from '../src/core/ports/telemetry.ts'
import { limit, notConfigured, problems } from './shared/arguments.ts'
import { listingAnswer } from './shared/listing.ts'

/** A service of platform.yaml, its figures over the span that was asked for, and how it is now. */
interface Row {
  readonly name: string
  readonly status: Status
  readonly reason: string
  readonly figures: ServiceTelemetry | null
}

export const services = defineQuery({
  name: 'services',
  summary: 'Show calls, errors and p99 of each service, as SigNoz sees them.',
  examples: ['services', 'services orders --since 1h', 'services --problems', 'services --sort errors'],
  args: z.object({
    service: service.optional(),
    since: duration.default(300).describe('over which span, such as 5m or 1h'),
    problems,
    sort: z.enum(['state', 'name', 'errors', 'p99', 'calls']).default('state').describe('what comes first'),
    limit: limit(40),
  }),
  positional: ['service'],
  family: 'health',
  role: 'viewer',

  async read(args, ports, _ask, signal) {
    const { telemetry, platform, clock } = ports
    if (!telemetry) throw notConfigured('signoz', 'SigNoz is not configured: platform.yaml has no signoz.')
    const now = clock.now()
    const [figures, report] = await Promise.all([
      telemetry.services(new Date(now.getTime() - args.since * 1000), now, signal),
      ports.health.report(['services'], signal),
    ])
    const byName = new Map(figures.map((entry) => [entry.name, entry]))
    const rows = platform.services
      .filter(({ name }) => args.service === undefined || name === args.service)
      .map((one) => rowOf(one.name, report.checks, byName.get(one.telemetry ?? one.name) ?? null))
      .filter((row) => !args.problems || isBad(row))
    return { rows: sorted(rows, args.sort), status: report.status, now, zone: platform.timeZone }
  },

  render({ rows, now, zone }, args) {
    const last = span(args.since)
    const wrong = rows.filter(isBad)
    return listingAnswer({
      ...{
        headline: headline(rows, wrong.length, last, args.problems),
        observedAt: now,
        zone,
        one: 'service',
      },
      columns: [
        { title: 'Service', min: 14 },
        { title: 'State', min: 8 },
        { title: '/s', align: 'right' },
        { title: 'Err %', align: 'right' },
        { title: 'p99 s', align: 'right' },
      ],
      rows: rows
        .slice(0, args.limit)
        .map(({ name, status, figures }) => [
          name,
          status,
          figures ? short(figures.rate) : '-',
          figures && figures.calls > 0 ? short(figures.errorRate) : '-',
          figures && figures.calls > 0 ? short(figures.p99Ms / 1000) : '-',
        ]),
      total: rows.length,
      notes: wrong.slice(0, 7).map(({ name, reason }) => `${name}: ${reason}.`),
      buttons: args.service
        ? [{ line: `pods ${args.service}` }, { line: `logs ${args.service} --since 1h` }]
        : [],
    })
  },

  data: ({ rows }) => ({ services: rows }),
  status: ({ status }) => status,
})

function rowOf(name: string, checks: readonly Check[], figures: ServiceTelemetry | null): Row {
  const check = checks.find((one) => one.target === name)
  return { name, status: check?.status ?? 'unknown', reason: check?.reason ?? '', figures }
}

function isBad({ status }: Row): boolean {
  return isWrong({ status })
}

function headline(rows: readonly Row[], wrong: number, last: string, onlyProblems: boolean): string {
  if (rows.length === 0) return onlyProblems ? 'No service has a problem.' : 'No service is configured.'
  const [only, ...others] = rows
  if (only && others.length === 0) return `${only.name} is ${only.status}, figures of the last ${last}.`
  const state = wrong === 0 ? 'all well' : `${wrong} not well`
  return `${count(rows.length, 'service')}: ${state}, figures of the last ${last}.`
}

type Order = 'state' | 'name' | 'errors' | 'p99' | 'calls'

function sorted(rows: readonly Row[], order: Order): readonly Row[] {
  const byName = (a: Row, b: Row) => a.name.localeCompare(b.name)
  const most = (value: (figures: ServiceTelemetry) => number) => (a: Row, b: Row) =>
    (b.figures ? value(b.figures) : -1) - (a.figures ? value(a.figures) : -1)
  const orders: Record<Order, (a: Row, b: Row) => number> = {
    state: (a, b) => compareSeverity(a.status, b.status),
    name: () => 0,
    errors: most((figures) => figures.errorRate),
    p99: most((figures) => figures.p99Ms),
    calls: most((figures) => figures.rate),
  }
  return rows.toSorted((a, b) => orders[order](a, b) || byName(a, b))
}

/** Three significant digits are enough to compare. */
function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
