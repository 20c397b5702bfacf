/** One series of a Prometheus instant query. `value` is NaN when Prometheus says so. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly at: Date
}
/** An alert rule's instance as Prometheus itself evaluates it. */
export interface MetricsReader {
  query(promql: string, signal: AbortSignal): Promise<readonly Sample[]>
  /** Resolves when Prometheus is ready to answer. */
  ready(signal: AbortSignal): Promise<void>
}
