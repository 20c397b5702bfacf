import type { Area, HealthReport } from '../health.ts'

export interface HealthReader {
  /** Runs the checks of these areas (all when empty), all at the same time, each within its own deadline. Never throws. */
  report(areas: readonly Area[], signal: AbortSignal): Promise<HealthReport>
}
