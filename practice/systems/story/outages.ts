/** What can be wrong in the practice platform. */
export type OutageKind =
  /** A PostgreSQL instance does not run: `orders-db`. */
  | 'database'
  /** A workload has no pod that is ready: `orders-service`. */
  | 'workload'
  /** A pod restarts again and again: its name; `workload` says whose it is. */
  | 'crash-loop'
  | 'node'
  /** A node's disk fills up: the node's name. */
  | 'disk'
  /** No connection of a PostgreSQL instance is free: `auth-db`. */
  | 'connections'
  /** Sessions of a PostgreSQL instance wait for one another: `sales-db`. */
  | 'locks'
  /** Nobody reads a queue: `notification.events`. */
  | 'consumer'
  /** A certificate ends soon: its name. */
  | 'certificate'
  /** A database was not backed up last night: its name. */
  | 'backup'
  /** Flux cannot apply what stands in Git: the Kustomization's name. */
  | 'flux'
  /** Everything is slow at once, and every rule says so; the name is of no matter. */
  | 'storm'

export interface Outage {
  readonly kind: OutageKind
  readonly name: string
  readonly workload?: string
  readonly from: Date
  /** Null: it goes on. */
  readonly to: Date | null
}

/** The state of the story: what was and is broken. Everything that the stand-ins answer follows from it and the time. */
export interface Outages {
  all(): readonly Outage[]
  begin(kind: OutageKind, name: string, workload?: string): void
  end(kind: OutageKind, name: string): void
}

export function createOutages(now: () => Date): Outages {
  let outages: readonly Outage[] = []
  const isOpen = (kind: OutageKind, name: string) => (outage: Outage) =>
    outage.kind === kind && outage.name === name && outage.to === null
  return {
    all: () => outages,
    begin(kind, name, workload) {
      if (outages.some(isOpen(kind, name))) return
      const whose = workload === undefined ? {} : { workload }
      outages = [...outages, { kind, name, ...whose, from: now(), to: null }]
    },
    end(kind, name) {
      const open = isOpen(kind, name)
      outages = outages.map((outage) => (open(outage) ? { ...outage, to: now() } : outage))
    },
  }
}

/** Whether an outage is under way at a time. */
export function isOn({ from, to }: Outage, at: Date): boolean {
  return from <= at && (to === null || at < to)
}

export function find(
  outages: readonly Outage[],
  kind: OutageKind,
  name: string | null,
  at: Date,
): Outage | undefined {
  return outages.find((outage) => outage.kind === kind && outage.name === name && isOn(outage, at))
}
