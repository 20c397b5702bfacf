import type { RawArguments } from '../core/arguments.ts'
import { canonical } from '../core/canonical.ts'
import { commonArguments } from '../core/change.ts'
import { UserError } from '../core/errors.ts'
import { type Difference, type Plan, planDigest, type Warning } from '../core/plan.ts'
import type { ReadPorts } from '../core/ports/index.ts'
import type { Planned, Planner } from '../core/ports/planner.ts'
import type { ResolvedLine } from '../core/ports/registry.ts'
import { undoingItself, undoPlan } from './undo.ts'

/** What a dry run of a plan's steps says. */
export interface Rehearsal {
  readonly differences: readonly Difference[]
  /** What the API server would not do, or could not be asked to rehearse. */
  readonly warnings: readonly Warning[]
  /** Why it would not be done at all; null: it would. */
  readonly refused: Warning | null
  /** How many writes it would take. */
  readonly accepted: number
}

export type Rehearse = (plan: Plan, signal: AbortSignal) => Promise<Rehearsal>

export interface PlannerOptions {
  readonly registry: {
    resolve(line: string): ResolvedLine
    format(command: string, raw: RawArguments): string
  }
  /** Asked for at each plan: the ports hold the planner too. */
  readonly ports: () => ReadPorts
  /** Null where there is no cluster to rehearse in. */
  readonly rehearse: Rehearse | null
}

const NOTHING_REHEARSED: Rehearsal = { differences: [], warnings: [], refused: null, accepted: 0 }

/** Plans a line: reads, plans, rehearses. The same line in the same world has the same digest, whatever its reason is. */
export function createPlanner({ registry, ports, rehearse }: PlannerOptions): Planner {
  return {
    undo: undoPlan,
    async plan(given, ask, signal, shown): Promise<Planned> {
      const { command, args, raw, line } = registry.resolve(given)
      if (command.kind !== 'change') {
        throw new UserError(
          'BAD_ARGUMENT',
          `“${command.name}” changes nothing of the platform: it has no plan.`,
        )
      }
      const read = async () => {
        const made = await command.plan(args, ports(), ask, signal)
        if (commonArguments(args).confirmWithin === undefined) return made
        const { confirmWithin: _, ...without } = raw
        return undoingItself(made, registry.format(command.name, without))
      }
      const { made, rehearsal } = await rehearsedPlan(rehearse, { read, shown, signal })
      const plan = whole(afterRehearsal(made, rehearsal), line)
      const { reason: _, ...asked } = raw
      // The reason is kept beside it: what is planned again and what the digest covers is the line without it.
      const bare = registry.format(command.name, asked)
      const digest = planDigest(bare, plan)
      return { command: command.name, line: bare, plan, digest, rehearsed: rehearsal.differences }
    },
  }
}

interface Rehearsing {
  readonly read: () => Promise<Plan>
  readonly shown: Plan | undefined
  readonly signal: AbortSignal
}

/** A plan made anew, and its rehearsal: that of the steps as they were shown goes on meanwhile, and counts when they are the same. */
async function rehearsedPlan(rehearse: Rehearse | null, { read, shown, signal }: Rehearsing) {
  const over = new AbortController()
  const within = AbortSignal.any([signal, over.signal])
  const rehearsed = async (plan: Plan) =>
    rehearse === null || plan.steps.length === 0 ? NOTHING_REHEARSED : rehearse(plan, within)
  const early = shown && { steps: canonical(shown.steps), rehearsal: rehearsed(shown) }
  // When the plan is another one, nobody asks what became of it.
  early?.rehearsal.catch(() => {})
  try {
    const made = await read()
    const isSame = early?.steps === canonical(made.steps)
    return { made, rehearsal: await (isSame && early ? early.rehearsal : rehearsed(made)) }
  } finally {
    over.abort()
  }
}

/** What the API server refuses is not proposed to anybody. */
function afterRehearsal(plan: Plan, { warnings, refused, accepted }: Rehearsal): Plan {
  const known = new Set(plan.warnings.map(({ code }) => code))
  const all = [...plan.warnings, ...warnings.filter(({ code }) => !known.has(code))]
  if (refused === null) {
    const said =
      accepted === 0
        ? []
        : [`The API server would accept it (${accepted} ${accepted === 1 ? 'dry run' : 'dry runs'}).`]
    return { ...plan, warnings: all, ...(said.length > 0 && { facts: [...(plan.facts ?? []), ...said] }) }
  }
  const { resume: _, ...rest } = plan
  return {
    ...rest,
    headline: `The API server refuses: ${plan.headline}`,
    steps: [],
    warnings: [refused, ...all],
  }
}

/** Suggestions as whole lines: a flag alone stands for this line with the flag. */
function whole(plan: Plan, line: string): Plan {
  if (plan.instead === undefined) return plan
  return { ...plan, instead: plan.instead.map((one) => (one.startsWith('--') ? `${line} ${one}` : one)) }
}
