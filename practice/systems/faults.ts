import type { PracticeCluster } from '../cluster/start.ts'
import type { PracticeDatabase } from './databases.ts'
import type { Outages } from './story/outages.ts'

/** What can be broken in the practice platform, and mended again. */
export interface Faults {
  /** Its service's calls fail, its alert fires, its queue grows, its pod restarts. Throws for an unknown name. */
  breakDatabase(name: string): Promise<void>
  mendDatabase(name: string): Promise<void>
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
  const faults: Omit<Faults, 'mendAll'> = {
    async breakDatabase(name) {
      await find(name).break()
      outages.begin('database', name)
      cluster.setPodBehaviour(name, 'crash-loop')
    },
    async mendDatabase(name) {
      await find(name).mend()
      outages.end('database', name)
      cluster.setPodBehaviour(name, null)
    },
    crash: (workload, how) => cluster.setPodBehaviour(workload, how),
    fillDisk: (node, fills) => (fills ? outages.begin('disk', node) : outages.end('disk', node)),
    setNodeReady: (node, ready) => cluster.setNodeReady(node, ready),
    loseNode: (node) => cluster.loseNode(node),
  }
  return {
    ...faults,
    async mendAll() {
      for (const { kind, name, workload, to } of outages.all()) {
        if (to !== null) continue
        if (kind === 'database') await faults.mendDatabase(name)
        if (kind === 'disk') faults.fillDisk(name, false)
        if (kind === 'node') faults.setNodeReady(name, true)
        if (kind === 'crash-loop') faults.crash(workload ?? name, null)
      }
    },
  }
}
