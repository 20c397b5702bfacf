import { type Area, type Check, type Fact, type Status, worst } from './health.ts'

/** Checks in a few words: lines that a phone shows whole, for the area and for each of its targets. */

type Facts = Check['facts']

/** How an area that is well is described, from the facts of its checks. */
const WELL: Record<Area, (checks: readonly Check[]) => string> = {
  pods: ([first]) => podsLine(first?.facts ?? {}),
  deployments: (checks) => `${checks.length} available`,
  nodes: (checks) => `${checks.filter((check) => check.facts.ready === true).length} ready`,
  top: () => 'none near its limit',
  services: (checks) => `${checks.length} report`,
  alerts: ([first]) => alertsLine(first?.facts ?? {}),
  collector: () => 'available',
  databases: (checks) => `${checks.length} up`,
  redis: ([first]) => redisLine(first?.facts ?? {}),
  rabbitmq: ([first]) => `${queuesLine(first?.facts ?? {})}, ${number(first?.facts.ready)} waiting`,
}

/** The facts of one target in a few words; empty where there is nothing to say. */
const DETAIL: Record<Area, (facts: Facts) => string> = {
  pods: (facts) => (facts.summary ? podsLine(facts) : `restarts: ${number(facts.restarts)}`),
  deployments: ({ available, desired }) => `${number(available)} of ${number(desired)}`,
  nodes: ({ cpuPercent, memoryPercent, diskFreePercent }) =>
    list([at('CPU', cpuPercent), at('mem', memoryPercent), at('free', diskFreePercent)]),
  top: (facts) =>
    facts.summary ? `measured pods: ${number(facts.measuredPods)}` : at('memory', facts.memoryPercent),
  services: ({ callsPerSecond, errorRatePercent, p99Seconds }) =>
    list([
      `${number(callsPerSecond)}/s`,
      known(errorRatePercent) ? `${errorRatePercent} %` : '',
      typeof p99Seconds === 'number' ? `${Number(p99Seconds.toPrecision(2))} s` : '',
    ]),
  alerts: (facts) => (facts.summary ? alertsLine(facts) : `${number(facts.firing)} firing`),
  collector: ({ available }) => (available ? 'available' : 'not available'),
  databases: ({ connections, max, cacheHitPercent }) =>
    known(connections) ? list([`${connections}/${max} conn`, at('hits', cacheHitPercent)]) : '',
  redis: (facts) => redisLine(facts),
  rabbitmq: ({ summary, queues, ready, consumers }) =>
    summary
      ? queuesLine({ queues: queues ?? null })
      : list([words(ready, 'waiting'), words(consumers, 'consumers')]),
}

export function areaLine(area: Area, checks: readonly Check[]): string {
  const status = worst(checks.map((check) => check.status))
  if (status === 'off') return 'not configured'
  if (status === 'ok') return WELL[area](checks.filter((check) => check.status === 'ok'))
  const named = checks.filter((check) => check.facts.summary !== true)
  const of = (wanted: Status) => named.filter((check) => check.status === wanted).length
  const [critical, unknown, warnings] = [of('critical'), of('unknown'), of('warning')]
  return list([
    critical > 0 ? `${critical} critical` : '',
    unknown > 0 ? `${unknown} unknown` : '',
    warnings > 0 ? `${warnings} warning${warnings === 1 ? '' : 's'}` : '',
  ])
}

export function detailLine(check: Check): string {
  return check.status === 'off' ? 'not configured' : DETAIL[check.area](check.facts)
}

function podsLine({ pods, ready, starting, completed }: Facts): string {
  const expected = count(pods) - count(completed)
  return `${number(ready)} of ${expected} ready${count(starting) > 0 ? `, ${starting} starting` : ''}`
}

function queuesLine({ queues }: Facts): string {
  return `${number(queues)} ${queues === 1 ? 'queue' : 'queues'}`
}

function alertsLine({ firing, silenced }: Facts): string {
  return `${number(firing)} firing, ${number(silenced)} silenced`
}

function redisLine({ memoryPercent, memoryBytes, hitPercent }: Facts): string {
  const memory = known(memoryPercent)
    ? `memory ${memoryPercent} %`
    : known(memoryBytes)
      ? `${Math.round(count(memoryBytes) / 1024 ** 2)} MiB`
      : ''
  return list([memory, at('hits', hitPercent)])
}

function known(fact: Fact | undefined): boolean {
  return fact !== undefined && fact !== null
}

function count(fact: Fact | undefined): number {
  return typeof fact === 'number' ? fact : 0
}

function number(fact: Fact | undefined): string {
  return known(fact) ? String(fact) : '?'
}

function words(fact: Fact | undefined, unit: string): string {
  return known(fact) ? `${fact} ${unit}` : ''
}

function at(name: string, percentage: Fact | undefined): string {
  return typeof percentage === 'number' ? `${name} ${Math.round(percentage)} %` : ''
}

function list(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ')
}
