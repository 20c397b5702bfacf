import type { AccessSnapshot } from '../../src/core/access.ts'
import type { Command } from '../../src/core/command.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { examplePlatform } from './platform.ts'
import { NOW } from './snapshot.ts'

/** Bakery's own records as ports, and every operated system not configured. */
export function ownPorts(
  snapshot: AccessSnapshot,
  commands: readonly Command[] = [],
  more: Partial<ReadPorts> = {},
): ReadPorts {
  const platform = examplePlatform()
  const off = {
    cluster: null,
    logs: null,
    workloads: null,
    metrics: null,
    alerts: null,
    telemetry: null,
    collector: null,
  }
  return {
    ...off,
    cache: null,
    queues: null,
    clock: { now: () => new Date(NOW) },
    platform,
    databases: { names: [], state: () => Promise.reject(new Error('no database is configured')) },
    health: { report: async () => ({ version: 1, at: '', status: 'off', checks: [] }) },
    access: { snapshot: async () => snapshot },
    audit: { search: async () => [] },
    jobs: { states: async () => [], runs: async () => [] },
    operations: {
      find: async () => null,
      list: async () => [],
      freezes: async () => [],
      overrides: async () => [],
    },
    attestation: { attest: () => Promise.reject(new Error('Slack is not asked in this test')) },
    planner: {
      plan: () => Promise.reject(new Error('nothing is planned in this test')),
      undo: () => {
        throw new Error('nothing is undone in this test')
      },
    },
    registry: createRegistry(commands, platform, ['morning-health']),
    ...more,
  }
}
