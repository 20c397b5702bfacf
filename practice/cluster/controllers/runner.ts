import type { Cluster } from '../cluster.ts'
import type { Change } from '../store.ts'

/** A loop that brings one object at a time to where it should be. */
export interface Controller {
  /** `namespace/name` of the objects that a change may concern. */
  readonly concerns: (change: Change) => readonly string[]
  /** Answers in how many ms it wants to look again even if nothing changes. */
  readonly sync: (namespace: string, name: string) => number | undefined
}

const GATHER_MS = 5

/** Runs a controller: changes are gathered for a moment, then each object concerned is looked at once. */
export function runController({ store, clock }: Cluster, { concerns, sync }: Controller): () => void {
  const queue = new Set<string>()
  const later = new Map<string, () => void>()
  let cancel: (() => void) | null = null
  const drain = () => {
    cancel = null
    const keys = [...queue]
    queue.clear()
    for (const key of keys) {
      const [namespace = '', name = ''] = key.split('/')
      later.get(key)?.()
      later.delete(key)
      const again = sync(namespace, name)
      if (again !== undefined)
        later.set(
          key,
          clock.after(again, () => look(key)),
        )
    }
  }
  const look = (...keys: readonly string[]) => {
    for (const key of keys) queue.add(key)
    if (queue.size > 0) cancel ??= clock.after(GATHER_MS, drain)
  }
  const unsubscribe = store.subscribe((change) => look(...concerns(change)))
  return () => {
    unsubscribe()
    cancel?.()
    for (const stop of later.values()) stop()
  }
}
