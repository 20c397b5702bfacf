import { createHash, randomUUID } from 'node:crypto'
import type { Cluster } from '../cluster.ts'
import { type KubeObject, timestamp } from '../objects.ts'
import { EVENTS } from '../resources.ts'

/** How long the API server keeps events. */
const KEPT_MS = 3_600_000
const SWEEP_MS = 60_000

export interface EventFacts {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** Who says so, for instance `kubelet`. */
  readonly from: string
}

/** Writes an event about an object; saying the same again raises its count, as event recorders do. */
export function emit({ store, clock }: Cluster, about: KubeObject, facts: EventFacts): void {
  const { name, namespace, uid } = about.metadata
  const home = namespace ?? 'default'
  const at = timestamp(clock.now())
  const { type, reason, message, from } = facts
  const digest = createHash('sha256').update(`${uid} ${reason} ${message}`).digest('hex').slice(0, 16)
  const known = store.get(EVENTS, home, `${name}.${digest}`)
  if (known) {
    store.put(EVENTS, { ...known, count: (known.count ?? 1) + 1, lastTimestamp: at })
    return
  }
  const where = namespace === undefined ? {} : { namespace }
  store.put(EVENTS, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${digest}`,
      namespace: home,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: at,
    },
    involvedObject: { kind: about.kind, ...where, name, uid, apiVersion: about.apiVersion },
    reason,
    message,
    source: { component: from },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: from,
    reportingInstance: '',
  })
}

/** Removes events an hour after they were last said. */
export function runEventExpiry({ store, clock }: Cluster): () => void {
  let cancel = () => {}
  const sweep = () => {
    const oldest = timestamp(new Date(clock.now().getTime() - KEPT_MS))
    for (const { metadata, lastTimestamp } of store.list(EVENTS)) {
      if ((lastTimestamp ?? metadata.creationTimestamp) >= oldest) continue
      store.remove(EVENTS, metadata.namespace ?? null, metadata.name)
    }
    cancel = clock.after(SWEEP_MS, sweep)
  }
  cancel = clock.after(SWEEP_MS, sweep)
  return () => cancel()
}
