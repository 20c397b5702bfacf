import type { Status } from './health.ts'

/** What rules call their severities. `none` is the watchdog that always fires. */
const STATUSES: Readonly<Record<string, Status>> = {
  ...{ critical: 'critical', page: 'critical', error: 'critical', emergency: 'critical', high: 'critical' },
  ...{ warning: 'warning', warn: 'warning', medium: 'warning' },
  ...{ info: 'ok', low: 'ok', none: 'ok' },
} as const

/** How bad an alert of this severity is. One without a severity, or with a word of its own, is a warning: somebody looks. */
export function alertStatus(severity: string): Status {
  return STATUSES[severity.toLowerCase()] ?? 'warning'
}
