/** What one PostgreSQL instance says of itself. */
export interface DatabaseState {
  readonly name: string
  /** For instance `17.2`. */
  readonly version: string
  readonly connections: number
  readonly maxConnections: number
  /** Connections that only superusers may use. */
  readonly reserved: number
  /** Percent of block reads served from cache since statistics were reset; null when nothing was read yet. */
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
  readonly sizeBytes: number
  readonly deadlocks: number
}
export interface DatabaseReader {
  /** The configured instances, in the order of platform.yaml. */
  readonly names: readonly string[]
  /** Throws `DependencyError` (refused, no such host, bad password, too many connections) and `UserError` for an unknown name. */
  state(name: string, signal: AbortSignal): Promise<DatabaseState>
}
