import { hash } from '../../cluster/hash.ts'
import { DATABASE_STEMS, serviceOf } from '../../cluster/platform-names.ts'
import { find, type Outage } from './outages.ts'
import { isBroken } from './traffic.ts'

export interface Queue {
  readonly name: string
  readonly consumers: number
  readonly ready: number
  readonly unacknowledged: number
}

const GROWTH_PER_MINUTE = 240
const DRAIN_PER_MINUTE = 900

/** The queues at one moment: each service has one, and it grows while that service cannot work. */
export function queuesAt(at: Date, outages: readonly Outage[]): Queue[] {
  const working = DATABASE_STEMS.map((stem): Queue => {
    const service = serviceOf(stem)
    const own = hash(stem)
    const broken = isBroken(service, at, outages)
    return {
      name: `${stem}.events`,
      consumers: find(outages, 'workload', service, at) ? 0 : 1 + (own % 2),
      ready: (own % 7) + backlog(service, `${stem}-db`, at, outages),
      unacknowledged: broken ? 0 : own % 4,
    }
  })
  return [...working, { name: 'orders.dlq', consumers: 0, ready: 3, unacknowledged: 0 }]
}

const minutes = (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime()) / 60_000

/** What has gathered and is not worked off yet. */
function backlog(service: string, database: string, at: Date, outages: readonly Outage[]): number {
  const own = outages.filter(
    ({ kind, name }) =>
      (kind === 'workload' && name === service) || (kind === 'database' && name === database),
  )
  const left = own.map(({ from, to }) => {
    const gathered = GROWTH_PER_MINUTE * minutes(from, to ?? at)
    return to === null ? gathered : gathered - DRAIN_PER_MINUTE * minutes(to, at)
  })
  return Math.round(Math.max(0, ...left))
}
