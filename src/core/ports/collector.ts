/** The OpenTelemetry collector's own health endpoint (extension `health_check`, port 13133). */
export interface CollectorState {
  readonly available: boolean
  readonly status: string
  readonly upSince: Date | null
}
export interface CollectorReader {
  state(signal: AbortSignal): Promise<CollectorState>
}
