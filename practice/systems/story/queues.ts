import { hash } from '../../cluster/hash.ts'
import { DATABASE_STEMS, serviceOf } from '../../cluster/platform-names.ts'
import { find, type Outage } from './outages.ts'
import { demandOf, isBroken } from './traffic.ts'

export interface Queue {
  readonly name: string
  readonly consumers: number
  readonly ready: number
  readonly unacknowledged: number
}

/** Every call leaves a message. */
const MESSAGES_PER_CALL = 1
/** How much faster than they come messages are worked off when there is a backlog. */
const DRAIN = 4
const LOOKS = 8

/** The queues at one moment: each service has one, and it grows while that service cannot work. */
export function queuesAt(at: Date, outages: readonly Outage[], seed = 0): Queue[] {
  const working = DATABASE_STEMS.map((stem): Queue => {
    const service = serviceOf(stem)
    const name = `${stem}.events`
    const own = hash(stem)
    const alone = find(outages, 'workload', service, at) ?? find(outages, 'consumer', name, at)
    const broken = isBroken(service, at, outages)
    return {
      name,
      consumers: alone ? 0 : 1 + (own % 2),
      ready:
        Math.floor(demandOf(service, at, seed) / 2) + backlog(service, { name, stem, at, seed }, outages),
      unacknowledged: broken ? 0 : own % 4,
    }
  })
  return [...working, { name: 'orders.dlq', consumers: 0, ready: 3, unacknowledged: 0 }]
}

interface Place {
  readonly name: string
  readonly stem: string
  readonly at: Date
  readonly seed: number
}

/** What has gathered and is not worked off yet. */
function backlog(service: string, { name, stem, at, seed }: Place, outages: readonly Outage[]): number {
  const concerns = ({ kind, name: what }: Outage) =>
    (kind === 'workload' && what === service) ||
    ((kind === 'database' || kind === 'connections') && what === `${stem}-db`) ||
    (kind === 'consumer' && what === name)
  const left = outages.filter(concerns).map(({ from, to }) => {
    const gathered = messages(service, from, to ?? at, seed)
    return to === null ? gathered : gathered - DRAIN * messages(service, to, at, seed)
  })
  return Math.round(Math.max(0, ...left))
}

/** How many messages come within a span. */
function messages(service: string, from: Date, to: Date, seed: number): number {
  const ms = Math.max(0, to.getTime() - from.getTime())
  const looks = Array.from({ length: LOOKS }, (_, index) =>
    demandOf(service, new Date(from.getTime() + ((index + 0.5) / LOOKS) * ms), seed),
  )
  const rate = looks.reduce((sum, demand) => sum + demand, 0) / LOOKS
  return MESSAGES_PER_CALL * rate * (ms / 1000)
}
