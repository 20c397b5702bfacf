import { z } from 'zod'
import { type HealthReport, STATUSES } from '../../src/core/health.ts'
import { summariseHealth } from '../../src/core/health-summary.ts'

/** What one morning tells the next: small, so that it can stand in the row of the run. */
const memorySchema = z.object({
  version: z.literal(1),
  at: z.iso.datetime(),
  /** Every target that was not well, how badly, and since which morning. */
  troubles: z.record(z.string(), z.object({ status: z.enum(STATUSES), since: z.iso.datetime() })),
  /** Bytes of each database that could be asked. */
  databases: z.record(z.string(), z.number()),
  /** Restarts of all pods that were there. */
  restarts: z.number().nullable(),
})
export type Memory = z.infer<typeof memorySchema>

/** Null the first time, and when another version of Bakery wrote something else. */
export function readMemory(raw: unknown): Memory | null {
  const parsed = memorySchema.safeParse(raw)
  return parsed.success ? parsed.data : null
}

export function rememberReport(report: HealthReport, before: Memory | null): Memory {
  const { troubles } = summariseHealth(report, '')
  return {
    version: 1,
    at: report.at,
    troubles: Object.fromEntries(
      troubles.map(({ target, status }) => [
        target,
        { status, since: before?.troubles[target]?.since ?? report.at },
      ]),
    ),
    databases: databaseSizes(report),
    restarts: restartsIn(report),
  }
}

export function databaseSizes({ checks }: HealthReport): Record<string, number> {
  return Object.fromEntries(
    checks.flatMap(({ area, target, facts }) =>
      area === 'databases' && typeof facts.sizeBytes === 'number' ? [[target, facts.sizeBytes]] : [],
    ),
  )
}

export function restartsIn({ checks }: HealthReport): number | null {
  const summary = checks.find(({ area, facts }) => area === 'pods' && facts.summary === true)
  return typeof summary?.facts.restarts === 'number' ? summary.facts.restarts : null
}
