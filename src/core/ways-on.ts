import { namesOf } from './access-rules.ts'
import type { Ask } from './ask.ts'
import { UserError } from './errors.ts'
import type { ReadPorts } from './ports/index.ts'

/** What somebody who was refused can do next. */
export interface WaysOn {
  /** Of the lines worth trying instead, those that this person may run here. */
  readonly suggestions: readonly string[]
  /** The first line that others here may run and this person may not; null: there is none. */
  readonly askFor: string | null
  /** Who they are, as a sentence; empty: nobody. */
  readonly who: string
}

/** Nobody is offered a button that refuses them: who lacks the role for a line learns who has it. */
export async function waysOn(
  { registry, access }: Pick<ReadPorts, 'registry' | 'access'>,
  ask: Ask,
  lines: readonly string[],
): Promise<WaysOn> {
  if (lines.length === 0) return { suggestions: [], askFor: null, who: '' }
  const snapshot = await access.snapshot()
  const decided = lines.map((line) => ({ line, decision: decisionOn(line) }))
  const forOthers = decided.flatMap(({ line, decision }) =>
    decision?.decision === 'refused' && decision.code === 'NO_ROLE' && decision.holders.length > 0
      ? [{ line, who: namesOf(snapshot, decision.holders) }]
      : [],
  )
  const [first] = ask.channel === null ? [] : forOthers
  return {
    suggestions: decided.flatMap(({ line, decision }) => (decision?.decision === 'refused' ? [] : [line])),
    askFor: first?.line ?? null,
    who: first === undefined ? '' : `Who can run “${first.line}”: ${first.who}.`,
  }

  /** Null: the line is not whole yet, and says itself what it lacks. */
  function decisionOn(line: string) {
    try {
      return registry.decide(registry.resolve(line).command, ask, snapshot)
    } catch (thrown) {
      if (thrown instanceof UserError) return null
      throw thrown
    }
  }
}
