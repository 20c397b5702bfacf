import type { AccessSnapshot } from './access.ts'
import { userNames } from './access-rules.ts'
import type { Actor } from './ask.ts'
import { coerceError } from './errors.ts'
import { summariseHealth } from './health-summary.ts'
import { OPEN_STATES, type Operation, type Override } from './operation.ts'
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

const WITHIN_MS = 5000
const MOST = 20

type HomePorts = Pick<ReadPorts, 'access' | 'operations' | 'health' | 'registry' | 'platform' | 'clock'>

/** Whose home it is: their Slack id, and the person that it stands for. */
export type HomeOf = Pick<Actor, 'user' | 'person'>

/** Reads it afresh. What cannot be read is said; the rest stands. */
export async function readHome(ports: HomePorts, of: HomeOf, signal: AbortSignal): Promise<HomeFacts> {
  const missing: string[] = []
  const orMissing = async <T>(what: string, work: Promise<T>, otherwise: T): Promise<T> =>
    work.catch((thrown) => {
      missing.push(`${what} cannot be read: ${coerceError(thrown).message}`)
      return otherwise
    })
  const { operations } = ports
  const snapshot = await orMissing('Who you are', ports.access.snapshot(), null)
  const may = allowedTo(ports, of, snapshot)
  const seesHealth = [...(snapshot?.bindings.keys() ?? [])].some((channel) => may('health', channel))
  const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])
  const [waiting, running, overrides, health] = await Promise.all([
    orMissing('What waits for approval', operations.list({ states: ['awaiting'], limit: MOST * 5 }), []),
    orMissing(
      'What is under way',
      operations.list({ states: OPEN_STATES, person: of.person, limit: MOST }),
      [],
    ),
    orMissing('What is suspended', operations.overrides(), []),
    seesHealth ? orMissing('The platform’s health', headline(ports, within), null) : null,
  ])
  return {
    health,
    toDecide: waiting
      .filter((operation) => isTheirs(operation, of) && may('ops approve', operation.channel))
      .slice(0, MOST),
    own: running,
    overrides: overrides.filter(({ owner, endedAt }) => endedAt === null && owner === of.user),
    names: snapshot === null ? new Map() : userNames(snapshot),
    channels: new Map([...(snapshot?.channels.values() ?? [])].map(({ channel, name }) => [channel, name])),
    missing,
  }
}

/** Whether they may run the command in the channel; nothing at all while nobody knows who they are. */
function allowedTo(
  { registry, clock }: Pick<HomePorts, 'registry' | 'clock'>,
  { user, person }: HomeOf,
  snapshot: AccessSnapshot | null,
): (name: string, channel: string) => boolean {
  const mirrored = snapshot?.users.get(user)
  const actor = { team: mirrored?.team ?? '', user, person, kind: mirrored?.kind ?? 'unknown' } as const
  return (name, channel) => {
    const command = registry.commands().find((one) => one.name === name)
    if (command === undefined || snapshot === null) return false
    const ask = { ref: '', surface: 'home', actor, channel, role: null, at: clock.now() } as const
    return registry.decide(command, ask, snapshot).decision === 'allowed'
  }
}

/** Nobody approves what they asked for themselves, and nobody twice. */
function isTheirs({ requester, reviews }: Operation, { person }: HomeOf): boolean {
  return requester.person !== person && !reviews.some((review) => review.person === person)
}

async function headline({ health, platform }: HomePorts, signal: AbortSignal): Promise<string> {
  return summariseHealth(await health.report([], signal), platform.name).sentence
}
