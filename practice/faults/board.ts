import { either, nearest } from '../../src/core/suggest.ts'
import type { Fault, Scene } from './fault.ts'
import { FAULTS, type GroupedFault } from './index.ts'

/** A fault as it stands now. */
export interface FaultState {
  readonly name: string
  readonly title: string
  readonly group: string
  readonly does: string
  readonly see: string
  readonly mended: string
  readonly ask: string | null
  /** When it was broken (ISO 8601, UTC); null: it is well. */
  readonly since: string | null
}

export interface Changed extends FaultState {
  /** False: it was so already. */
  readonly changed: boolean
}

export interface Reset {
  /** The names of what was mended. */
  readonly mended: readonly string[]
  /** A sentence for each that could not be mended. */
  readonly failed: readonly string[]
}

/** What is broken and what is not, and how either is changed. One change after the other. */
export interface Board {
  list(): readonly FaultState[]
  /** Throws `UnknownFault`, or what went wrong; what could not be broken whole is mended again. */
  break(name: string): Promise<Changed>
  mend(name: string): Promise<Changed>
  /** Mends everything that can be mended. */
  reset(): Promise<Reset>
}

export class UnknownFault extends Error {}

export interface BoardParts extends Omit<Scene, 'platform'> {
  /** Null: only what needs no platform can be broken. */
  readonly platform: Scene['platform'] | null
  /** Whether the bot reads the practice cluster; it does by default. */
  readonly seesCluster?: boolean
  readonly onChange?: () => void
}

export function createBoard(parts: BoardParts): Board {
  const faults = FAULTS.filter((fault) => canShow(fault, parts))
  const since = new Map<string, string>()
  const scene = sceneOf(parts)
  const inTurn = createTurn()
  const stateOf = ({ name, title, group, does, see, mended, ask }: GroupedFault): FaultState => ({
    ...{ name, title, group, does, see, mended, ask },
    since: since.get(name) ?? null,
  })
  const change = async (fault: GroupedFault, broken: boolean): Promise<Changed> => {
    if (since.has(fault.name) === broken) return { ...stateOf(fault), changed: false }
    if (broken) {
      await breakWhole(fault, scene)
      since.set(fault.name, new Date().toISOString())
    } else {
      await failing(`${fault.title} could not be mended`, async () => fault.mend(scene))
      since.delete(fault.name)
    }
    parts.onChange?.()
    return { ...stateOf(fault), changed: true }
  }
  const named = async (name: string, broken: boolean) => {
    const fault = find(faults, name)
    return inTurn(() => change(fault, broken))
  }
  return {
    list: () => faults.map(stateOf),
    break: (name) => named(name, true),
    mend: (name) => named(name, false),
    reset: () =>
      inTurn(async () => {
        const broken = faults.filter(({ name }) => since.has(name))
        const failed: string[] = []
        for (const fault of broken) {
          await change(fault, false).catch((error: unknown) => failed.push(wordsOf(error)))
        }
        return { mended: broken.map(({ name }) => name).filter((name) => !since.has(name)), failed }
      }),
  }
}

/** Whether there would be anything to see. */
function canShow(fault: Fault, { platform, seesCluster = true }: BoardParts): boolean {
  if (!fault.platform) return true
  if (platform === null || (fault.cluster === true && !seesCluster)) return false
  return fault.database === undefined || platform.databases.some(({ name }) => name === fault.database)
}

function sceneOf({ slack, bot, platform }: BoardParts): Scene {
  return {
    slack,
    bot,
    get platform() {
      if (platform === null) throw new Error('this world has no platform')
      return platform
    },
  }
}

/** Work that is done one piece after the other, whatever becomes of each. */
function createTurn() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
}

function find(faults: readonly GroupedFault[], name: string): GroupedFault {
  const found = faults.find((fault) => fault.name === name)
  if (found !== undefined) return found
  const names = faults.map((fault) => fault.name)
  const meant = nearest(name, names)
  const hint = meant.length > 0 ? `Did you mean ${either(meant)}?` : `There are: ${names.join(', ')}.`
  throw new UnknownFault(`There is no fault “${name}”. ${hint}`)
}

/** Half of a fault would be a state that nobody can mend by name. */
async function breakWhole(fault: Fault, scene: Scene): Promise<void> {
  await failing(`${fault.title} could not be broken`, async () => {
    try {
      await fault.break(scene)
    } catch (error) {
      await Promise.resolve(fault.mend(scene)).catch(() => undefined)
      throw error
    }
  })
}

async function failing(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw new Error(`${what}: ${wordsOf(error)}`, { cause: error })
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
