/** What one PostgreSQL instance says of itself. */
export interface DatabaseState {
  readonly name: string
  /** For instance `17.2`. */
  readonly version: string
  readonly connections: number
  readonly maxConnections: number
  /** Connections of these that are kept for superusers and for roles with pg_use_reserved_connections. */
  readonly reserved: number
  /** Percent of block reads of the configured database served from cache; null when too few were read to say. */
  readonly cacheHitPercent: number | null
  /** Sessions in a transaction for longer than the threshold. */
  readonly longTransactions: readonly {
    readonly pid: number
    readonly seconds: number
    readonly user: string
    readonly state: string
  }[]
  readonly blocked: readonly {
    readonly pid: number
    readonly blockedBy: number
    readonly waitSeconds: number
  }[]
  /** Whether the server has TLS on, and whether this connection uses it. */
  readonly tlsOn: boolean
  readonly tlsUsed: boolean
  /** Of the configured database; null when it was not asked for. */
  readonly sizeBytes: number | null
  /** Of the configured database, since its statistics were reset. */
  readonly deadlocks: number
  /** What could not be seen, and which grant shows it; absent when all was seen. */
  readonly partial?: string
}
/** What costs more than all the rest: for its size, a server looks at every file of a database. */
export interface AlsoAsked {
  readonly size: boolean
}
export interface DatabaseReader {
  /** The configured instances, in the order of platform.yaml. */
  readonly names: readonly string[]
  /** Throws `DependencyError` (refused, no such host, bad password, too many connections) and `UserError` for an unknown name. */
  state(name: string, signal: AbortSignal, also?: AlsoAsked): Promise<DatabaseState>
}
