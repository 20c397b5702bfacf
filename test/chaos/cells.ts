import type { Moment } from './proxy.ts'

/** Whose messages are counted. */
export const SYSTEMS = ['postgres', 'kubernetes', 'slack'] as const
export type System = (typeof SYSTEMS)[number]

export const FAULTS = ['cut', 'drop', 'delay', 'kill', 'freeze'] as const
export type Fault = (typeof FAULTS)[number]

/** The kinds of steps: the words of docs/ARCHITECTURE.md, not of the source. */
export const CELL_KINDS = [
  ...['scale', 'restart', 'rollback', 'pause', 'autoscale', 'delete-pod', 'evict'],
  ...['cordon', 'suspend', 'exempt', 'reconcile'],
] as const
export type CellKind = string

export interface Cell {
  readonly kind: CellKind
  readonly system: System
  /** Which message, from when the operation is approved. */
  readonly message: number
  readonly moment: Moment
  readonly fault: Fault
}

/** How many messages of each system an operation of one step is seen to send; what lies beyond meets nothing. */
const MESSAGES: Readonly<Record<System, number>> = { postgres: 60, kubernetes: 12, slack: 4 }

export function allCells(): readonly Cell[] {
  const cells: Cell[] = []
  for (const kind of CELL_KINDS)
    for (const system of SYSTEMS)
      for (let message = 1; message <= MESSAGES[system]; message += 1)
        for (const moment of ['before', 'after'] as const)
          for (const fault of FAULTS) cells.push({ kind, system, message, moment, fault })
  return cells
}

export function nameOf({ kind, system, message, moment, fault }: Cell): string {
  return `${kind}: ${fault} ${moment} message ${message} to ${system}`
}

/** So many cells, the same for the same seed: each kind and each fault in turn, so that few cells see much. */
export function sample(count: number, seed: number): readonly Cell[] {
  const random = mulberry32(seed)
  const shuffled = [...allCells()]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [shuffled[last], shuffled[other]]
    if (a !== undefined && b !== undefined) {
      shuffled[last] = b
      shuffled[other] = a
    }
  }
  const taken: Cell[] = []
  for (let turn = 0; taken.length < count && shuffled.length > 0; turn += 1) {
    const kind = CELL_KINDS[turn % CELL_KINDS.length]
    const fault = FAULTS[turn % FAULTS.length]
    const system = SYSTEMS[turn % 2]
    const place = shuffled.findIndex(
      (cell) => cell.kind === kind && cell.fault === fault && cell.system === system,
    )
    const [cell] = shuffled.splice(Math.max(0, place), 1)
    if (cell !== undefined) taken.push(cell)
  }
  return taken
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
