/** A service's RED figures over a span, as SigNoz sees them. */
export interface ServiceTelemetry {
  readonly name: string
  /** Requests a second. */
  readonly rate: number
  readonly calls: number
  /** Percent of requests. */
  readonly errorRate: number
  readonly p99Ms: number
}
export interface TelemetryReader {
  /** Figures of all services that reported between `from` and `to`. */
  services(from: Date, to: Date, signal: AbortSignal): Promise<readonly ServiceTelemetry[]>
}
