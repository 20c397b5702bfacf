import type { Actor } from './ask.ts'
import { coerceError } from './errors.ts'
import { summariseHealth } from './health-summary.ts'
import { isFinal, OPERATION_STATES, type Operation, type Override } from './operation.ts'
import type { ReadPorts } from './ports/index.ts'

/** What one person finds on the app's home: their own items, each from its own channel's scope. */
export interface HomeFacts {
  /** Null: not asked, because this person may see health nowhere; a sentence otherwise. */
  readonly health: string | null
  /** What waits for a decision that they may take. */
  readonly toDecide: readonly Operation[]
  /** What they asked for and is not over. */
  readonly own: readonly Operation[]
  /** What was taken out of git's care in their name. */
  readonly overrides: readonly Override[]
  /** Slack ids with names, for whoever is named. */
  readonly names: ReadonlyMap<string, string>
  /** Channel ids with names. */
  readonly channels: ReadonlyMap<string, string>
  /** Parts that could not be read: whole sentences. */
  readonly missing: readonly string[]
}

const OPEN = OPERATION_STATES.filter((state) => !isFinal(state))
const WITHIN_MS = 5000
const MOST = 20

type HomePorts = Pick<ReadPorts, 'access' | 'operations' | 'health' | 'registry' | 'platform' | 'clock'>

/** Reads it afresh. What cannot be read is said; the rest stands. */
export async function readHome(ports: HomePorts, actor: Actor, signal: AbortSignal): Promise<HomeFacts> {
  const missing: string[] = []
  const orMissing = async <T>(what: string, work: Promise<T>, otherwise: T): Promise<T> =>
    work.catch((thrown) => {
      missing.push(`${what} cannot be read: ${coerceError(thrown).message}`)
      return otherwise
    })
  const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])
  const { operations, access } = ports
  const [snapshot, waiting, running, overrides, health] = await Promise.all([
    orMissing('Who you are', access.snapshot(), null),
    orMissing('What waits for approval', operations.list({ states: ['awaiting'], limit: MOST * 5 }), []),
    orMissing('What is under way', operations.list({ states: OPEN, person: actor.person, limit: MOST }), []),
    orMissing('What is suspended', operations.overrides(), []),
    orMissing('The platform’s health', headline(ports, within), null),
  ])
  const may = (name: string, channel: string): boolean => {
    const command = ports.registry.commands().find((one) => one.name === name)
    if (command === undefined || snapshot === null) return false
    const ask = { ref: '', surface: 'home', actor, channel, role: null, at: ports.clock.now() } as const
    return ports.registry.decide(command, ask, snapshot).decision === 'allowed'
  }
  const seesHealth = [...(snapshot?.bindings.keys() ?? [])].some((channel) => may('health', channel))
  return {
    health: seesHealth ? health : null,
    toDecide: waiting
      .filter((operation) => isTheirs(operation, actor) && may('ops approve', operation.channel))
      .slice(0, MOST),
    own: running,
    overrides: overrides.filter(({ owner, endedAt }) => endedAt === null && owner === actor.user),
    names: new Map([...(snapshot?.users.values() ?? [])].map(({ user, name }) => [user, name])),
    channels: new Map([...(snapshot?.channels.values() ?? [])].map(({ channel, name }) => [channel, name])),
    missing,
  }
}

/** Nobody approves what they asked for themselves, and nobody twice. */
function isTheirs({ requester, reviews }: Operation, { person }: Actor): boolean {
  return requester.person !== person && !reviews.some((review) => review.person === person)
}

async function headline({ health, platform }: HomePorts, signal: AbortSignal): Promise<string> {
  return summariseHealth(await health.report([], signal), platform.name).sentence
}
