import type { ContainerLife } from '../logs.ts'

/** What the writer of one line knows. `chance` is a whole number that belongs to this pod and moment. */
export interface Moment extends ContainerLife {
  readonly at: Date
  readonly chance: number
  readonly trouble: 'database' | null
}

/** Picks one by chance; `turn` makes several picks at one moment independent. */
export function pick<T>(options: readonly [T, ...T[]], chance: number, turn = 1): T {
  return options[Math.floor(chance / turn) % options.length] ?? options[0]
}
