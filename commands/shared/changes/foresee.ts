import type { Decision } from '../../../src/core/access.ts'
import type { Ask } from '../../../src/core/ask.ts'
import type { Command } from '../../../src/core/command.ts'
import { DependencyError, UserError } from '../../../src/core/errors.ts'
import type { ReadPorts } from '../../../src/core/ports/index.ts'
import type { Planned } from '../../../src/core/ports/planner.ts'

/** What a line would do for somebody: the decision, and the plan where it is a change that they may ask for. */
export interface Foreseen {
  readonly command: Pick<Command, 'name' | 'kind'>
  readonly line: string
  readonly decision: Decision
  readonly planned: Planned | null
  /** Why there is no plan although there should be one; null otherwise. */
  readonly problem: string | null
  /** Lines that work where this one does not: those of the plan that stops, or of the problem. */
  readonly instead: readonly string[]
}

/** Nothing is done, proposed or stored. Throws `UserError` for a line that means nothing. */
export async function foresee(
  given: string,
  ask: Ask,
  { registry, access, planner }: ReadPorts,
  signal: AbortSignal,
): Promise<Foreseen> {
  const { command, line } = registry.resolve(given)
  const decision = registry.decide(command, ask, await access.snapshot())
  const known = { command: { name: command.name, kind: command.kind }, line, decision }
  if (decision.decision === 'refused' || command.kind !== 'change')
    return { ...known, planned: null, problem: null, instead: [] }
  try {
    const planned = await planner.plan(line, { ...ask, role: decision.role }, signal)
    const { steps, instead = [] } = planned.plan
    return { ...known, planned, problem: null, instead: steps.length === 0 ? instead : [] }
  } catch (thrown) {
    if (!(thrown instanceof UserError || thrown instanceof DependencyError)) throw thrown
    const instead = thrown instanceof UserError ? thrown.suggestions : []
    return { ...known, planned: null, problem: thrown.message, instead }
  }
}
