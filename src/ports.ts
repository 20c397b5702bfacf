import { commands } from '../commands/index.ts'
import type { TerminalConfig } from './config.ts'
import type { Job } from './core/job.ts'
import type { ReadPorts } from './core/ports/index.ts'
import type { JobReader, JobState } from './core/ports/jobs.ts'
import { createRegistry, type Registry } from './core/registry.ts'
import { createHealth } from './health/report.ts'
import type { Releases } from './lifecycle.ts'
import type { Logger } from './log.ts'
import type { Platform } from './platform.ts'
import { nextSlot } from './schedule/slots.ts'
import type { Store } from './store/store.ts'
import { openSystems } from './systems.ts'

/** Everything that a query may ask, over the store and the operated systems, and the registry of the commands. */
export function openPorts(options: {
  readonly config: TerminalConfig
  readonly store: Store
  readonly jobs: readonly Job[]
  readonly log: Logger
  readonly releases: Releases
  readonly mode: 'watch' | 'once'
}): { ports: ReadPorts; registry: Registry } {
  const { config, store, jobs, log, releases, mode } = options
  const systems = openSystems({ config, clock: { now: () => new Date() }, log, releases, mode })
  const names = jobs.map((job) => job.name)
  const registry = createRegistry(commands, config.platform, names)
  const { access, audit } = store
  const jobReader: JobReader = {
    runs: store.jobs.runs,
    states: async () => everyState(jobs, config.platform, await store.jobs.states()),
  }
  const ports = { ...systems, health: createHealth(systems, log), access, audit, jobs: jobReader, registry }
  return { ports, registry }
}

/** The state of each scheduled job, with when it runs next: also of one that has not run yet, which the database does not know. */
function everyState(
  jobs: readonly Job[],
  { schedules, timeZone }: Platform,
  states: readonly JobState[],
): readonly JobState[] {
  const known = new Map(states.map((state) => [state.name, state]))
  return jobs.map(({ name, schedule }) => ({
    ...(known.get(name) ?? { name, paused: false, pausedBy: null, last: null }),
    next: nextSlot(schedules[schedule], timeZone)?.toISOString() ?? null,
  }))
}
