import { hash } from '../../cluster/hash.ts'
import { hourOfDay } from './hours.ts'
import { find, type Outage } from './outages.ts'

const GIB = 2 ** 30
export const DISK_BYTES = 200 * GIB
const FILLING_PERCENT_PER_MINUTE = 15
const LEAST_PERCENT = 4

/** Percent of a node's disk that is free. A filling disk begins at 22 and ends almost full. */
export function diskFreePercent(node: string, at: Date, outages: readonly Outage[]): number {
  const filling = find(outages, 'disk', node, at)
  if (!filling) return 40 + (hash(node) % 25)
  const minutes = (at.getTime() - filling.from.getTime()) / 60_000
  return Math.max(LEAST_PERCENT, 22 - FILLING_PERCENT_PER_MINUTE * minutes)
}

/** What Redis has counted since it was started. */
export interface CacheFigures {
  readonly usedMemory: number
  readonly maxMemory: number
  readonly hits: number
  readonly misses: number
  readonly keys: number
  readonly clients: number
  readonly opsPerSecond: number
}

const LOOKUPS_PER_SECOND = 190
const HIT_RATE = 0.955

export function cacheAt(at: Date, startedAt: Date): CacheFigures {
  const seconds = Math.max(1, (at.getTime() - startedAt.getTime()) / 1000)
  const lookups = seconds * LOOKUPS_PER_SECOND
  const busy = hourOfDay(at)
  return {
    usedMemory: Math.round((90 + 40 * busy) * 2 ** 20),
    maxMemory: 256 * 2 ** 20,
    hits: Math.round(lookups * HIT_RATE),
    misses: Math.round(lookups * (1 - HIT_RATE)),
    keys: Math.round(18_000 * busy),
    clients: 21,
    opsPerSecond: Math.round(LOOKUPS_PER_SECOND * busy),
  }
}
