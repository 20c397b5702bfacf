import type { AccessSnapshot } from './access.ts'
import { userNames } from './access-rules.ts'
import type { Actor } from './ask.ts'
import { coerceError } from './errors.ts'
import { summariseHealth } from './health-summary.ts'
import { OPEN_STATES, type Operation, type Override } from './operation.ts'
import type { ReadPorts } from './ports/index.ts'
import { type May, mayOf, NOTHING_TO_DECIDE, type ToDecide, toDecide } from './to-decide.ts'

/** What one person finds on the app's home: their own items, each from its own channel's scope. */
export interface HomeFacts {
  /** Null: not asked, because this person may see health nowhere; a sentence otherwise. */
  readonly health: string | null
  readonly toDecide: ToDecide
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
    orMissing(
      'What waits for you',
      toDecide(operations, { person: of.person, may }, { limit: MOST * 5 }),
      NOTHING_TO_DECIDE,
    ),
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
    toDecide: waiting,
    own: running,
    overrides: overrides.filter(({ owner, endedAt }) => endedAt === null && owner === of.user),
    names: snapshot === null ? new Map() : userNames(snapshot),
    channels: new Map([...(snapshot?.channels.values() ?? [])].map(({ channel, name }) => [channel, name])),
    missing,
  }
}

/** Nothing at all while nobody knows who they are. */
function allowedTo(
  { registry, clock }: Pick<HomePorts, 'registry' | 'clock'>,
  { user, person }: HomeOf,
  snapshot: AccessSnapshot | null,
): May {
  const mirrored = snapshot?.users.get(user)
  if (snapshot === null) return () => false
  const actor = { team: mirrored?.team ?? '', user, person, kind: mirrored?.kind ?? 'unknown' } as const
  return mayOf(
    registry,
    { ref: '', surface: 'home', actor, channel: null, role: null, at: clock.now() },
    snapshot,
  )
}

async function headline({ health, platform }: HomePorts, signal: AbortSignal): Promise<string> {
  return summariseHealth(await health.report([], signal), platform.name).sentence
}
