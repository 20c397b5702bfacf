import type { Cluster } from '../cluster.ts'
import { runAutoscalers } from './autoscalers.ts'
import { runBudgets } from './budgets.ts'
import { runClaims } from './claims.ts'
import { runDaemonSets } from './daemonsets.ts'
import { runDeployments } from './deployments.ts'
import { runEventExpiry } from './events.ts'
import { runFlux } from './flux.ts'
import { runGarbageCollector } from './garbage.ts'
import { runJobs } from './jobs.ts'
import { runKubelet } from './kubelet.ts'
import { runNodes } from './nodes.ts'
import { runQuotas } from './quotas.ts'
import { runReplicaSets } from './replicasets.ts'
import { runScheduler } from './scheduler.ts'
import { runStatefulSets } from './statefulsets.ts'

/** Everything that moves by itself in a practice cluster. */
const CONTROLLERS = [
  runNodes,
  runDeployments,
  runReplicaSets,
  runStatefulSets,
  runDaemonSets,
  runJobs,
  runScheduler,
  runClaims,
  runKubelet,
  runGarbageCollector,
  runBudgets,
  runQuotas,
  runAutoscalers,
  runFlux,
  runEventExpiry,
]

export function runControllers(cluster: Cluster): () => void {
  const stops = CONTROLLERS.map((run) => run(cluster))
  return () => {
    for (const stop of stops) stop()
  }
}
