import { commands } from '../../../commands/index.ts'
import type { Ask } from '../../../src/core/ask.ts'
import type { Plan } from '../../../src/core/plan.ts'
import type { DatabaseState } from '../../../src/core/ports/databases.ts'
import type { ReadPorts } from '../../../src/core/ports/index.ts'
import type { Planned } from '../../../src/core/ports/planner.ts'
import { createRegistry } from '../../../src/core/registry.ts'
import { createPlanner } from '../../../src/operations/plan.ts'
import { examplePlatform } from '../../support/platform.ts'
import { ownPorts } from '../../support/ports.ts'
import { askOf, snapshotOf } from '../../support/snapshot.ts'
import { databaseState, fakeWorkloads } from '../../support/workloads.ts'

type Facts = Parameters<typeof fakeWorkloads>[0] & {
  readonly databases?: ReadPorts['databases']
  readonly ports?: Partial<ReadPorts>
}

export const registry = createRegistry(commands, examplePlatform(), ['morning-health'])

/** Every database of the platform answers with 24 connections, one of them in a long transaction. */
export function answeringDatabases(state: Partial<DatabaseState> = {}): ReadPorts['databases'] {
  const names = examplePlatform().databases.map(({ name }) => name)
  return { names, state: async (name) => databaseState({ name, ...state }) }
}

export function portsOf(facts: Facts): ReadPorts {
  return ownPorts(snapshotOf({}), commands, {
    workloads: fakeWorkloads(facts),
    databases: facts.databases ?? answeringDatabases(),
    ...facts.ports,
  })
}

export const ASK: Ask = { ...askOf({ role: 'member' }), zone: 'Europe/Madrid' }

/** Plans a line as the runner would, on these facts, without a rehearsal. */
export function planned(line: string, facts: Facts, ask: Ask = ASK): Promise<Planned> {
  const ports = portsOf(facts)
  return createPlanner({ registry, ports: () => ports, rehearse: null }).plan(
    line,
    ask,
    AbortSignal.timeout(5000),
  )
}

export async function planFor(line: string, facts: Facts, ask?: Ask): Promise<Plan> {
  return (await planned(line, facts, ask)).plan
}

export function codesOf({ warnings }: Plan): readonly string[] {
  return warnings.map(({ code }) => code)
}

export function textOf({ warnings }: Plan, code: string): string {
  return warnings.find((one) => one.code === code)?.text ?? ''
}
