import { observeCluster } from '../../../practice/systems/observe.ts'
import { createRestartLedger } from '../../../practice/systems/restarts.ts'
import { createOutages, type Outages } from '../../../practice/systems/story/outages.ts'
import type { World } from '../../../practice/systems/world.ts'
import { type ClusterByHand, clusterByHand } from '../cluster/by-hand.ts'

/** The world of the stand-ins with a small cluster and a time that moves by hand. */
export interface WorldByHand extends World {
  readonly cluster: ClusterByHand
  readonly story: Outages
}

export function worldByHand(): WorldByHand {
  const cluster = clusterByHand()
  const now = () => cluster.clock.now()
  const story = createOutages(now)
  observeCluster(cluster.store, story)
  return {
    cluster,
    story,
    now,
    outages: story.all,
    seed: 0,
    startedAt: new Date(now().getTime() - 86_400_000),
    store: cluster.store,
    restarts: createRestartLedger(cluster.store, now),
  }
}
