import { BEHAVIOUR } from '../cluster/controllers/kubelet.ts'
import type { Deployment } from '../cluster/objects.ts'
import { DATABASE_STEMS, NAMESPACE, serviceOf } from '../cluster/platform-names.ts'
import type { PracticeCluster } from '../cluster/start.ts'
import type { PracticeDatabase } from './databases.ts'
import type { Outages } from './story/outages.ts'

/** A service without its database says so by its readiness. */
const UNREADY = 'never-ready'

/**
 * A database is there as long as its pod in the cluster is: whoever takes that away (a node that is lost, a crash, nobody
 * wanting a replica) stops the database, and its service loses readiness. When a pod is back, so is the database.
 */
export function followPods(
  cluster: PracticeCluster,
  databases: readonly PracticeDatabase[],
  outages: Outages,
): () => void {
  return cluster.store.subscribe(({ type, object, before }) => {
    const { name, namespace } = object.metadata
    if (object.kind !== 'Deployment' || namespace !== NAMESPACE || serviceWith(name) === null) return
    const is = type !== 'DELETED' && isServing(object)
    const was = before !== null && isServing(before)
    if (is === was) return
    const front = databases.find((database) => database.name === name)
    if (is) {
      outages.end('database', name)
      front?.mend().catch(() => undefined)
      regainReadiness(cluster, name)
    } else {
      outages.begin('database', name)
      front?.break().catch(() => undefined)
      loseReadiness(cluster, name)
    }
  })
}

const isServing = (object: unknown) => Number((object as Deployment).status?.availableReplicas ?? 0) > 0

/** The service that works with this database; null: it is none. */
function serviceWith(database: string): string | null {
  const stem = DATABASE_STEMS.find((candidate) => `${candidate}-db` === database)
  return stem === undefined ? null : serviceOf(stem)
}

/** Its pods fail their readiness probe, but those that were made to fail in some other way. */
export function loseReadiness(cluster: PracticeCluster, database: string): void {
  turn(cluster, database, undefined, UNREADY)
}

export function regainReadiness(cluster: PracticeCluster, database: string): void {
  turn(cluster, database, UNREADY, null)
}

function turn(
  cluster: PracticeCluster,
  database: string,
  from: string | undefined,
  to: typeof UNREADY | null,
): void {
  const service = serviceWith(database)
  if (service === null) throw new Error(`the practice platform has no database ${database}`)
  const pods = cluster.podsOf(service)
  if (pods.some(({ metadata }) => metadata.annotations?.[BEHAVIOUR] === from)) {
    cluster.setPodBehaviour(service, to)
  }
}
