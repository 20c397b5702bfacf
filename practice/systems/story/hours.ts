import { hash } from '../../cluster/hash.ts'

/** How busy the bakeries are, hour by hour of Madrid: the ovens at four, the counters at seven, the orders at six. */
const HOURS = [
  ...[0.38, 0.36, 0.36, 0.4, 0.55, 0.78, 0.95, 1, 0.97, 0.9, 0.84, 0.82],
  ...[0.86, 0.9, 0.78, 0.7, 0.74, 0.82, 0.88, 0.8, 0.66, 0.55, 0.47, 0.41],
] as const
const SUNDAY = 0.75
const MADRID = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Madrid',
  weekday: 'short',
  hour: '2-digit',
  hourCycle: 'h23',
})

const HOUR_MS = 3_600_000
/** From 0.3 on a Sunday night to 1 on a working morning; between full hours it moves evenly. */
export function hourOfDay(at: Date): number {
  const { hour, sunday } = hourInMadrid(Math.floor(at.getTime() / HOUR_MS))
  const now = HOURS[hour % 24] ?? 1
  const next = HOURS[(hour + 1) % 24] ?? 1
  const share = (at.getTime() % HOUR_MS) / HOUR_MS
  return (now + (next - now) * share) * (sunday ? SUNDAY : 1)
}

interface Hour {
  readonly hour: number
  readonly sunday: boolean
}
const MOST_KNOWN = 1000
const known = new Map<number, Hour>()

/** Of a full hour since 1970; Madrid changes its clocks at full hours. Remembered: to ask costs 5 µs, a thousand times an answer. */
function hourInMadrid(hourSince1970: number): Hour {
  const found = known.get(hourSince1970)
  if (found) return found
  const parts = MADRID.formatToParts(new Date(hourSince1970 * HOUR_MS))
  const made = {
    hour: Number(parts.find(({ type }) => type === 'hour')?.value ?? 0),
    sunday: parts.some(({ type, value }) => type === 'weekday' && value === 'Sun'),
  }
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(hourSince1970, made)
  return made
}

const SLOT_MS = 90_000
const REACH = 0.08

/**
 * What makes no two minutes the same: between 0.92 and 1.08, moving smoothly, its own for each name. The same seed gives the
 * same course.
 */
export function wobble(name: string, at: Date, seed: number): number {
  const share = (at.getTime() % SLOT_MS) / SLOT_MS
  const { here, there } = stepOf(name, Math.floor(at.getTime() / SLOT_MS), seed)
  return 1 + REACH * (2 * (here + (there - here) * share) - 1)
}

interface Step {
  readonly slot: number
  readonly seed: number
  readonly here: number
  readonly there: number
}
/** The last of each name: whoever goes along a span asks for the same one, or the next. */
const lastStep = new Map<string, Step>()

function stepOf(name: string, slot: number, seed: number): Step {
  const last = lastStep.get(name)
  if (last?.slot === slot && last.seed === seed) return last
  const follows = last?.slot === slot - 1 && last.seed === seed
  const here = follows ? last.there : chance(`${seed} ${name} ${slot}`)
  const made = { slot, seed, here, there: chance(`${seed} ${name} ${slot + 1}`) }
  lastStep.set(name, made)
  return made
}

const chance = (text: string) => hash(text) / 2 ** 32

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32); for what would otherwise be left to chance. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}
