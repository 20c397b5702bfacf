/** One alert in Alertmanager (API v2). */
export interface Alert {
  readonly fingerprint: string
  readonly name: string
  readonly severity: string
  readonly state: 'active' | 'suppressed' | 'unprocessed'
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
  readonly runbookUrl: string | null
  readonly startsAt: Date
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
}
export interface AlertReader {
  alerts(signal: AbortSignal): Promise<readonly Alert[]>
}
