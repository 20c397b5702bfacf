import type { Outbox, OutboxItem } from '../../../src/core/ports/outbox.ts'

/** What became of an item, as the worker wrote it down. */
export interface Kept {
  item: OutboxItem
  state: 'waiting' | 'claimed' | 'sent' | 'failed'
  notBefore: number
  where: { channel: string; ts: string | null } | null
  reasons: string[]
}

export interface MemoryOutbox extends Outbox {
  add(item: Partial<OutboxItem> & Pick<OutboxItem, 'id' | 'destination'>): void
  kept(id: string): Kept
  readonly pauses: readonly { channel: string | null; forMs: number }[]
  /** Resolves when every item is in one of these states. */
  settled(...states: Kept['state'][]): Promise<void>
  /** The store fails while this is set. */
  broken: boolean
}

/** The outbox's contract without a database. `hurry` divides every wait, so that tests do not last as long as Slack's limits. */
export function createMemoryOutbox({ hurry = 1 } = {}): MemoryOutbox {
  const all = new Map<string, Kept>()
  const paused = new Map<string | null, number>()
  const callbacks = new Set<() => void>()
  const pauses: { channel: string | null; forMs: number }[] = []
  const call = () => {
    for (const callback of callbacks) callback()
  }
  const kept = (id: string) => all.get(id)!
  const placeOf = ({ destination }: OutboxItem) =>
    destination.to === 'channel' || destination.to === 'update' ? destination.channel : destination.user
  const readyAt = (each: Kept) =>
    Math.max(each.notBefore, paused.get(null) ?? 0, paused.get(placeOf(each.item)) ?? 0)
  const waiting = () => [...all.values()].filter(({ state }) => state === 'waiting')
  const wait = (id: string, afterMs: number, reason: string, unknown: boolean) => {
    const found = kept(id)
    found.state = 'waiting'
    found.notBefore = Date.now() + afterMs / hurry
    found.reasons.push(reason)
    found.item = {
      ...found.item,
      attempts: found.item.attempts + 1,
      unknownSince: unknown ? (found.item.unknownSince ?? new Date()) : null,
    }
  }
  const outbox: MemoryOutbox = {
    pauses,
    broken: false,
    kept,
    add(item) {
      const full: OutboxItem = {
        kind: 'result',
        text: 'auth-db runs 1 of 1 replicas.',
        blocks: [
          { type: 'section', block_id: `bakery:result:${item.id}:1`, text: { type: 'mrkdwn', text: '*ok*' } },
        ],
        files: [],
        attempts: 0,
        unknownSince: null,
        createdAt: new Date(),
        ...item,
      }
      all.set(item.id, { item: full, state: 'waiting', notBefore: 0, where: null, reasons: [] })
      call()
    },
    async settled(...states) {
      while (![...all.values()].every(({ state }) => states.includes(state))) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    async claim(limit) {
      if (outbox.broken) throw new Error('the database is away')
      const ready = waiting().filter((each) => readyAt(each) <= Date.now())
      const taken = ready.slice(0, limit)
      for (const each of taken) each.state = 'claimed'
      return taken.map(({ item }) => item)
    },
    async sent(id, where) {
      if (outbox.broken) throw new Error('the database is away')
      Object.assign(kept(id), { state: 'sent', where })
    },
    again: async (id, afterMs, reason) => wait(id, afterMs, reason, false),
    unknown: async (id, afterMs, reason) => wait(id, afterMs, reason, true),
    async redirect(id, user) {
      const found = kept(id)
      found.state = 'waiting'
      found.reasons.push('redirected')
      found.item = { ...found.item, unknownSince: null, destination: { to: 'person', user, threadTs: null } }
    },
    async failed(id, reason) {
      const found = kept(id)
      found.state = 'failed'
      found.reasons.push(reason)
    },
    async pause(channel, forMs) {
      pauses.push({ channel, forMs })
      paused.set(channel, Date.now() + forMs / hurry)
    },
    async nextInMs() {
      const times = waiting().map(readyAt)
      return times.length === 0 ? null : Math.max(0, Math.min(...times) - Date.now())
    },
    onWaiting(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
  }
  return outbox
}
