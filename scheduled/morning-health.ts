import { defineJob } from '../src/core/job.ts'
import type { Pod } from '../src/core/ports/cluster.ts'
import type { SystemPorts } from '../src/core/ports/index.ts'
import { unmetExpectations } from './expectations/index.ts'
import { compareWith, killedForMemory } from './morning/changes.ts'
import { databaseSizes, type Memory, readMemory, rememberReport } from './morning/memory.ts'
import { type MorningFacts, morningMessage } from './morning/message.ts'

const DAY_MS = 24 * 3_600_000

interface Found extends MorningFacts {
  readonly memory: Memory
}

/** The guide's morning check, read by itself: how it is, what is different from the morning before, and what did not happen. */
export const morningHealth = defineJob<Found>({
  name: 'morning-health',
  summary: 'Post the state of the platform, what changed since yesterday and what did not happen.',
  schedule: 'morningHealth',
  channel: 'digest',
  timeoutSeconds: 30,
  usefulForMinutes: 180,

  async find(ports, { scheduledFor }, raw, signal) {
    const before = readMemory(raw)
    const now = ports.clock.now()
    const since = before ? new Date(before.at) : new Date(scheduledFor.getTime() - DAY_MS)
    const [report, unmet, pods, sizes] = await Promise.all([
      ports.health.report([], signal),
      unmetExpectations(ports, { since, now }, signal),
      podsOrNone(ports, signal),
      databaseSizes(ports, signal),
    ])
    return {
      ...{ report, unmet, scheduledFor, name: ports.platform.name, zone: ports.platform.timeZone },
      changes: compareWith(before, report, sizes),
      comparedWith: before ? since : null,
      killedForMemory: killedForMemory(pods, since),
      memory: rememberReport(report, before, sizes),
    }
  },

  render: morningMessage,
  remember: ({ memory }) => memory,
})

/** Why there are none is in the report already. */
async function podsOrNone({ cluster }: SystemPorts, signal: AbortSignal): Promise<readonly Pod[]> {
  if (!cluster) return []
  return cluster.pods(AbortSignal.any([signal, AbortSignal.timeout(3000)])).then(
    ({ items }) => items,
    () => [],
  )
}
