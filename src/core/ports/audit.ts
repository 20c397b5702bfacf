/** One row of the audit log, as exported (docs/CONTRACT.md, "Records"). */
export interface AuditRow {
  readonly seq: number
  /** ISO 8601 with microseconds, UTC, by the database's clock. */
  readonly at: string
  /** `request`, `outcome`, or an event of Bakery's own: `seed`, `schedule`, `start`, `spool`, … */
  readonly kind: string
  /** `team/user` of Slack, `local/user` in a terminal, `bakery` for its own doings. */
  readonly actor: string
  readonly person: string
  readonly channel: string | null
  readonly surface: string
  readonly command: string | null
  readonly target: string | null
  readonly operation: string | null
  /** `allowed`, `refused`, `done`, `failed`, … */
  readonly decision: string
  readonly code: string | null
  readonly ref: string
  readonly payloadHash: string | null
  readonly prev: string
  readonly hash: string
}

/** What `/bakery audit search` can be narrowed by; all given ones must hold. */
export interface AuditFilter {
  readonly actor?: string
  readonly command?: string
  readonly target?: string
  readonly decision?: string
  readonly code?: string
  readonly ref?: string
  readonly channel?: string
  readonly since?: Date
  readonly until?: Date
  /** At most this many, newest first. */
  readonly limit: number
}

export interface AuditReader {
  search(filter: AuditFilter, signal: AbortSignal): Promise<readonly AuditRow[]>
}
