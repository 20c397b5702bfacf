/**
 * How Slack can misbehave, for practice and for tests.
 * `error`: answers 503. `reset`: cuts the connection. `hang`: never answers. `lost-answer`: does what was asked and cuts the
 * connection before the answer, so that the caller cannot know.
 */
export type Outage = 'error' | 'reset' | 'hang' | 'lost-answer'

export interface Faults {
  outage: Outage | null
  /** Methods that the outage is limited to; null: everything. */
  methods: readonly string[] | null
  slowMs: number
  rateLimits: boolean
  /** Errors that a method answers next, in order. */
  readonly next: Map<string, string[]>
}

export const createFaults = (): Faults => ({
  outage: null,
  methods: null,
  slowMs: 0,
  rateLimits: true,
  next: new Map(),
})

/** The outage that applies to this method now. */
export const outageFor = (faults: Faults, method: string): Outage | null =>
  faults.methods === null || faults.methods.includes(method) ? faults.outage : null
