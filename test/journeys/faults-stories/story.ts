/** What a person should find in the answer to `/bakery health` while a fault lasts. */
export interface Trouble {
  /** The whole title: what is concerned. */
  readonly title: RegExp
  readonly status: 'critical' | 'warning' | 'unknown'
  /** All of these stand in its lines. */
  readonly says: readonly RegExp[]
  /** The button that leads on. */
  readonly next: string
}

export interface Story {
  readonly fault: string
  /** How far the story's time goes on after it was broken, in seconds: alerts wait, queues and disks fill. */
  readonly later: number
  /** Each of them stands in the answer, and nothing else does. */
  readonly troubles: readonly Trouble[]
  /** A question after it, and what its answer says. */
  readonly also?: { readonly ask: string; readonly says: readonly RegExp[] }
  /** Whose restarts or kills are still told after it was mended; nobody's by default. */
  readonly leaves?: string
}

/** A queue that nobody works off. */
export const growing = (queue: string): Trouble => ({
  title: new RegExp(`^${queue}\\.events$`),
  status: 'critical',
  says: [/rabbitmq: growing by \d+ messages a minute; no consumers/],
  next: 'Show logs',
})
