import type { Fault, Scene } from './fault.ts'
import { FAULTS } from './index.ts'

/** A fault as it stands now. */
export interface FaultState {
  readonly name: string
  readonly title: string
  readonly does: string
  readonly see: string
  readonly mended: string
  readonly ask: string | null
  /** When it was broken (ISO 8601, UTC); null: it is well. */
  readonly since: string | null
}

/** What is broken and what is not, and how either is changed. One change after the other. */
export interface Board {
  list(): readonly FaultState[]
  /** Throws for an unknown name. Breaking what is broken changes nothing, nor does mending what is well. */
  break(name: string): Promise<FaultState>
  mend(name: string): Promise<FaultState>
  /** Mends everything; the names of what was broken. */
  reset(): Promise<readonly string[]>
}

export class UnknownFault extends Error {}

export interface BoardParts extends Omit<Scene, 'platform'> {
  /** Null: only what needs no platform can be broken. */
  readonly platform: Scene['platform'] | null
  readonly onChange?: () => void
}

export function createBoard({ platform, slack, bot, onChange = () => {} }: BoardParts): Board {
  const faults = FAULTS.filter((fault) => platform !== null || !fault.platform)
  const since = new Map<string, string>()
  const scene: Scene = {
    slack,
    bot,
    get platform() {
      if (platform === null) throw new Error('this world has no platform')
      return platform
    },
  }
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }
  const find = (name: string): Fault => {
    const found = faults.find((fault) => fault.name === name)
    if (found) return found
    throw new UnknownFault(
      `there is no fault “${name}”; there are: ${faults.map((one) => one.name).join(', ')}`,
    )
  }
  const stateOf = ({ name, title, does, see, mended, ask }: Fault): FaultState => ({
    ...{ name, title, does, see, mended, ask },
    since: since.get(name) ?? null,
  })
  const change = async (fault: Fault, broken: boolean): Promise<FaultState> => {
    if (since.has(fault.name) !== broken) {
      await (broken ? fault.break(scene) : fault.mend(scene))
      if (broken) since.set(fault.name, new Date().toISOString())
      else since.delete(fault.name)
      onChange()
    }
    return stateOf(fault)
  }
  return {
    list: () => faults.map(stateOf),
    async break(name) {
      const fault = find(name)
      return inTurn(() => change(fault, true))
    },
    async mend(name) {
      const fault = find(name)
      return inTurn(() => change(fault, false))
    },
    reset: () =>
      inTurn(async () => {
        const broken = faults.filter(({ name }) => since.has(name))
        for (const fault of broken) await change(fault, false)
        return broken.map(({ name }) => name)
      }),
  }
}
