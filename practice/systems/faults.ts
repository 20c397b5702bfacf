import type { PracticeCluster } from '../cluster/start.ts'
import type { PracticeDatabase } from './databases.ts'
import { loseReadiness, regainReadiness } from './follow.ts'
import { holdLock, type Sessions, takeAllConnections } from './sessions.ts'
import type { Outages } from './story/outages.ts'

/** What can be broken in the practice platform, and mended again. Names that are not there throw. */
export interface Faults {
  /** Its service's calls fail and its pods lose readiness, its alert fires, its queue grows, its own pod restarts. */
  breakDatabase(name: string): Promise<void>
  mendDatabase(name: string): Promise<void>
  /** Real sessions of the service's role take every connection that is free. */
  exhaustConnections(name: string): Promise<void>
  /** A real session holds the service's table in a transaction that does not end, and others wait for it. */
  blockQueries(name: string): Promise<void>
  /** Ends the sessions of the two above. */
  freeDatabase(name: string): Promise<void>
  /** The pods of this workload crash and restart; null mends them. */
  crash(workload: string, how: 'crash-loop' | 'out-of-memory' | null): void
  fillDisk(node: string, fills: boolean): void
  setNodeReady(node: string, ready: boolean): void
  /** The node is gone: its pods count as not ready, after five minutes they go elsewhere. */
  loseNode(node: string): void
  /** Everything that was broken by these handles is mended. */
  mendAll(): Promise<void>
}

interface Parts {
  readonly cluster: PracticeCluster
  readonly databases: readonly PracticeDatabase[]
  readonly outages: Outages
}

export function createFaults({ cluster, databases, outages }: Parts): Faults {
  const find = (name: string) => {
    const database = databases.find((candidate) => candidate.name === name)
    if (!database) throw new Error(`the practice platform has no database ${name}`)
    return database
  }
  const held = new Map<string, Sessions>()
  const occupy = async (name: string, kind: 'connections' | 'locks', sessions: () => Promise<Sessions>) => {
    if (held.has(name)) throw new Error(`${name} is occupied already: free it first`)
    held.set(name, await sessions())
    outages.begin(kind, name)
  }
  const faults: Omit<Faults, 'mendAll'> = {
    async breakDatabase(name) {
      await find(name).break()
      outages.begin('database', name)
      cluster.setPodBehaviour(name, 'crash-loop')
      loseReadiness(cluster, name)
    },
    async mendDatabase(name) {
      await find(name).mend()
      outages.end('database', name)
      cluster.setPodBehaviour(name, null)
      regainReadiness(cluster, name)
    },
    exhaustConnections: (name) => occupy(name, 'connections', () => takeAllConnections(find(name))),
    blockQueries: (name) => occupy(name, 'locks', () => holdLock(find(name))),
    async freeDatabase(name) {
      await held.get(name)?.end()
      held.delete(name)
      outages.end('connections', name)
      outages.end('locks', name)
    },
    crash: (workload, how) => cluster.setPodBehaviour(workload, how),
    fillDisk: (node, fills) => (fills ? outages.begin('disk', node) : outages.end('disk', node)),
    setNodeReady: (node, ready) => cluster.setNodeReady(node, ready),
    loseNode: (node) => cluster.loseNode(node),
  }
  return { ...faults, mendAll: () => mendAll(faults, outages) }
}

async function mendAll(faults: Omit<Faults, 'mendAll'>, outages: Outages): Promise<void> {
  for (const { kind, name, workload, to } of outages.all()) {
    if (to !== null) continue
    if (kind === 'database') await faults.mendDatabase(name)
    if (kind === 'connections' || kind === 'locks') await faults.freeDatabase(name)
    if (kind === 'disk') faults.fillDisk(name, false)
    if (kind === 'node') faults.setNodeReady(name, true)
    if (kind === 'crash-loop') faults.crash(workload ?? name, null)
  }
}
