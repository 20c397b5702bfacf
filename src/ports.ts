import { commands } from '../commands/index.ts'
import type { TerminalConfig } from './config.ts'
import type { Job } from './core/job.ts'
import type { ReadPorts } from './core/ports/index.ts'
import type { JobReader, JobState } from './core/ports/jobs.ts'
import type { ObjectPorts } from './core/ports/objects.ts'
import type { Attestation } from './core/ports/planner.ts'
import { createRegistry, type Registry } from './core/registry.ts'
import { createScrubber } from './core/scrub.ts'
import { createHealth } from './health/report.ts'
import type { Releases } from './lifecycle.ts'
import type { Logger } from './log.ts'
import { createPlanner } from './operations/plan.ts'
import { createRehearsal } from './operations/rehearse.ts'
import { readScene } from './operations/scene.ts'
import type { Platform } from './platform.ts'
import { nextSlot } from './schedule/slots.ts'
import type { Store } from './store/store.ts'
import { openSystems } from './systems.ts'

/**
 * Everything that a query may ask, over the store and the operated systems, and the registry of the commands. What changes
 * the cluster's objects is apart from it, for the engine alone; null where there is no cluster.
 */
export function openPorts(options: {
  readonly config: TerminalConfig
  readonly store: Store
  readonly jobs: readonly Job[]
  readonly log: Logger
  readonly releases: Releases
  readonly mode: 'watch' | 'once'
  /** What Slack says now. */
  readonly attestation: Attestation
}): { ports: ReadPorts; registry: Registry; objects: ObjectPorts | null } {
  const { config, store, jobs, log, releases, mode, attestation } = options
  const clock = { now: () => new Date() }
  const { ports: systems, objects } = openSystems({ config, clock, log, releases, mode })
  const names = jobs.map((job) => job.name)
  const registry = createRegistry(commands, config.platform, names)
  const { access, audit } = store
  const jobReader: JobReader = {
    runs: store.jobs.runs,
    states: async () => everyState(jobs, config.platform, await store.jobs.states()),
  }
  const planner = createPlanner({ registry, ports: () => ports, rehearse: objects && rehearsalOf(objects) })
  const ports: ReadPorts = {
    ...{ ...systems, health: createHealth(systems, log), access, audit, jobs: jobReader, registry },
    ...{ planner, operations: store.operations, attestation },
  }
  return { ports, registry, objects }
}

function rehearsalOf({ reader, rehearser }: ObjectPorts) {
  const { scrub } = createScrubber()
  return createRehearsal({
    scene: (step, signal) => readScene(reader, step, 'before', null, signal),
    rehearser,
    now: () => new Date(),
    scrub: (text) => scrub(text).text,
  })
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
