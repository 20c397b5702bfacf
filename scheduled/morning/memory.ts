import { z } from 'zod'
import { type HealthReport, STATUSES } from '../../src/core/health.ts'
import { summariseHealth } from '../../src/core/health-summary.ts'
import type { SystemPorts } from '../../src/core/ports/index.ts'

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
export type Sizes = Memory['databases']

const SIZE_WITHIN_MS = 5000

/** Null the first time, and when another version of Bakery wrote something else. */
export function readMemory(raw: unknown): Memory | null {
  const parsed = memorySchema.safeParse(raw)
  return parsed.success ? parsed.data : null
}

export function rememberReport(report: HealthReport, before: Memory | null, databases: Sizes): Memory {
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
    databases,
    restarts: restartsIn(report),
  }
}

/** Bytes of each database that could be asked; why another could not is in the report. */
export async function databaseSizes({ databases }: SystemPorts, signal: AbortSignal): Promise<Sizes> {
  const soon = AbortSignal.any([signal, AbortSignal.timeout(SIZE_WITHIN_MS)])
  const sizes = await Promise.all(
    databases.names.map((name) =>
      databases.state(name, soon, { size: true }).then(
        ({ sizeBytes }) => (sizeBytes === null ? [] : [[name, sizeBytes] as const]),
        () => [],
      ),
    ),
  )
  return Object.fromEntries(sizes.flat())
}

export function restartsIn({ checks }: HealthReport): number | null {
  const summary = checks.find(({ area, facts }) => area === 'pods' && facts.summary === true)
  return typeof summary?.facts.restarts === 'number' ? summary.facts.restarts : null
}
