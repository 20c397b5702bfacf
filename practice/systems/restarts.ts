import type { Pod } from '../cluster/objects.ts'
import type { Store } from '../cluster/store.ts'

/** One restart of a container that was seen. */
export interface Restart {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly at: Date
}

export interface RestartLedger {
  /** Restarts after this time of pods that are still there. */
  since(from: Date): readonly Restart[]
  stop(): void
}

const KEPT_MS = 2 * 3_600_000

/** Writes down every restart in a cluster, which is what counters over time are made of. */
export function createRestartLedger(store: Store, now: () => Date): RestartLedger {
  let restarts: Restart[] = []
  const stop = store.subscribe(({ type, object, before }) => {
    if (object.kind !== 'Pod') return
    const { name: pod, namespace = '' } = object.metadata
    if (type === 'DELETED') {
      restarts = restarts.filter((restart) => restart.pod !== pod)
      return
    }
    const counts = new Map(
      statusesOf(before as Pod | null).map((status) => [status.name, status.restartCount]),
    )
    for (const { name: container, restartCount } of statusesOf(object as Pod)) {
      const more = restartCount - (counts.get(container) ?? 0)
      for (let left = more; left > 0; left -= 1) restarts.push({ namespace, pod, container, at: now() })
    }
    const oldest = now().getTime() - KEPT_MS
    if ((restarts[0]?.at.getTime() ?? oldest) < oldest) {
      restarts = restarts.filter(({ at }) => at.getTime() >= oldest)
    }
  })
  return { since: (from) => restarts.filter(({ at }) => at > from), stop }
}

const statusesOf = (pod: Pod | null) => pod?.status?.containerStatuses ?? []
