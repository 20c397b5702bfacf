import type { Cluster } from '../cluster.ts'
import { runDeployments } from './deployments.ts'
import { runEventExpiry } from './events.ts'
import { runGarbageCollector } from './garbage.ts'
import { runKubelet } from './kubelet.ts'
import { runNodes } from './nodes.ts'
import { runReplicaSets } from './replicasets.ts'
import { runScheduler } from './scheduler.ts'

/** Everything that moves by itself in a practice cluster. */
const CONTROLLERS = [
  runNodes,
  runDeployments,
  runReplicaSets,
  runScheduler,
  runKubelet,
  runGarbageCollector,
  runEventExpiry,
]

export function runControllers(cluster: Cluster): () => void {
  const stops = CONTROLLERS.map((run) => run(cluster))
  return () => {
    for (const stop of stops) stop()
  }
}
