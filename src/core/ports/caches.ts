/** What Redis says of itself (`INFO`). */
export interface CacheState {
  readonly version: string
  readonly usedMemory: number
  /** Bytes; null: no limit set. */
  readonly maxMemory: number | null
  readonly policy: string
  /**
   * Percent since an earlier look, half a minute or more ago where there is one (since the start at the first look); null
   * when nothing was asked of it.
   */
  readonly hitPercent: number | null
  readonly evictedKeys: number
  /** Evicted since that earlier look; 0 at the first. */
  readonly evictedSince: number
  readonly clients: number
  readonly role: string
  readonly loading: boolean
  readonly persistenceOk: boolean
  readonly uptimeSeconds: number
}
export interface CacheReader {
  state(signal: AbortSignal): Promise<CacheState>
}
