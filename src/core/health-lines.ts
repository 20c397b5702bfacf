import { type Area, type Check, type Fact, type Status, worst } from './health.ts'

/** An area in a few words, at most about 24 columns: what is wrong of how much, or how well it is. */

type Facts = Check['facts']

export function areaLine(area: Area, checks: readonly Check[]): string {
  const status = worst(checks.map((check) => check.status))
  if (status === 'off') return 'not configured'
  const known = checks.filter((check) => check.status !== 'off')
  if (known.every((check) => check.status === 'unknown')) return 'cannot be asked'
  return LINES[area](known)
}

const LINES: Record<Area, (checks: readonly Check[]) => string> = {
  pods: (checks) => podsLine(summaryOf(checks)),
  deployments: (checks) => ofAll(checks, 'available'),
  nodes: nodesLine,
  top: (checks) => {
    const near = named(checks).filter(({ status }) => status !== 'ok').length
    return near === 0 ? 'none near its limit' : `${near} near ${near === 1 ? 'its limit' : 'their limits'}`
  },
  services: (checks) => ofAll(checks, 'well'),
  alerts: alertsLine,
  collector: ([first]) => (first?.facts.available === true ? 'available' : 'not available'),
  databases: databasesLine,
  redis: ([first]) => redisLine(first?.facts ?? {}),
  rabbitmq: rabbitmqLine,
}

/** Which one fires matters more than that one does: alerts that only inform are never wrong. */
function alertsLine(checks: readonly Check[]): string {
  const { firing, info, silenced, informing } = summaryOf(checks)
  const rules = counts(named(checks))
  const quiet = count(silenced) > 0 ? `${count(silenced)} silenced` : ''
  if (rules !== '') return rules
  if (count(firing) === 0) return list(['none fires', quiet])
  const only = typeof informing === 'string' && !informing.includes(',') && quiet === ''
  return list([only ? `info only: ${informing}` : `${count(info)} for information`, quiet])
}

/** `3 critical, 1 warning`; empty when nothing is wrong. */
export function counts(checks: readonly Pick<Check, 'status'>[]): string {
  const of = (wanted: Status) => checks.filter((check) => check.status === wanted).length
  const [critical, unknown, warnings] = [of('critical'), of('unknown'), of('warning')]
  return list([
    critical > 0 ? `${critical} critical` : '',
    unknown > 0 ? `${unknown} unknown` : '',
    warnings > 0 ? `${warnings} warning${warnings === 1 ? '' : 's'}` : '',
  ])
}

function summaryOf(checks: readonly Check[]): Facts {
  return checks.find(({ facts }) => facts.summary === true)?.facts ?? {}
}

function named(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ facts }) => facts.summary !== true)
}

/** `35 available` when all of them are, else `32 of 35 available`. */
function ofAll(checks: readonly Check[], word: string): string {
  const all = named(checks)
  const well = all.filter(({ status }) => status === 'ok').length
  return well === all.length ? `${well} ${word}` : `${well} of ${all.length} ${word}`
}

function podsLine({ pods, ready, starting, completed }: Facts): string {
  const expected = count(pods) - count(completed)
  return `${count(ready)} of ${expected} ready${count(starting) > 0 ? `, ${count(starting)} starting` : ''}`
}

function nodesLine(checks: readonly Check[]): string {
  const nodes = checks.filter(({ facts }) => facts.ready !== undefined)
  const ready = nodes.filter(({ facts }) => facts.ready === true)
  const wrong = ready.filter(({ status }) => status !== 'ok').length
  const blind = checks.some(({ status, facts }) => status === 'unknown' && facts.ready === undefined)
  const of =
    ready.length === nodes.length ? `${nodes.length} ready` : `${ready.length} of ${nodes.length} ready`
  return list([of, wrong > 0 ? `${wrong} not well` : '', blind ? 'not measured' : ''])
}

function databasesLine(checks: readonly Check[]): string {
  const up = checks.filter(({ facts }) => facts.connections !== undefined)
  const wrong = up.filter(({ status }) => status !== 'ok').length
  const of = up.length === checks.length ? `${up.length} up` : `${up.length} of ${checks.length} up`
  return list([of, wrong > 0 ? `${wrong} not well` : ''])
}

function redisLine({ memoryPercent, memoryBytes, hitPercent }: Facts): string {
  const memory =
    typeof memoryPercent === 'number'
      ? `memory ${Math.round(memoryPercent)} %`
      : typeof memoryBytes === 'number'
        ? `${Math.round(memoryBytes / 1024 ** 2)} MiB`
        : ''
  return list([memory, typeof hitPercent === 'number' ? `hits ${Math.round(hitPercent)} %` : ''])
}

function rabbitmqLine(checks: readonly Check[]): string {
  const { queues, ready } = summaryOf(checks)
  const all = `${count(queues)} ${queues === 1 ? 'queue' : 'queues'}`
  const wrong = named(checks).filter(({ status }) => status !== 'ok').length
  return wrong === 0 ? `${all}, ${count(ready)} waiting` : `${all}, ${wrong} not well`
}

function count(fact: Fact | undefined): number {
  return typeof fact === 'number' ? fact : 0
}

function list(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ')
}
