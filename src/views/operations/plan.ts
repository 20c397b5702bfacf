import { bold, join, section, text } from '../../blocks/builders.ts'
import { shownPlan } from '../../blocks/plan.ts'
import type { Block } from '../../blocks/types.ts'
import type { Plan } from '../../core/plan.ts'
import type { Planned } from '../../core/ports/planner.ts'
import type { Step } from '../../core/steps.ts'
import { stepSentence } from './steps.ts'

/** A plan wherever somebody reads it: what it is, what speaks against it, what differs, and what is done in which order. */
export function planBlocks({
  plan,
  rehearsed = [],
}: {
  plan: Plan
  rehearsed?: Planned['rehearsed']
}): readonly Block[] {
  return [...shownPlan({ ...plan, rehearsed }), ...plannedSteps(plan)]
}

const MOST = { lines: 12, names: 60 }

/** The steps in their order. One alone is what the headline says already. */
export function plannedSteps({ steps }: Pick<Plan, 'steps'>): readonly Block[] {
  if (steps.length < 2) return []
  const lines = runsOf(steps).map(lineOf)
  const left = lines.length - MOST.lines
  return [
    section(
      join([
        bold(`What is done, in ${steps.length} steps`),
        ...lines.slice(0, MOST.lines).map((line) => text`${line}`),
        ...(left > 0 ? [`… and ${left} more ${left === 1 ? 'line' : 'lines'}`] : []),
      ]),
    ),
  ]
}

/** Steps of one kind in a row: they are named in one line. */
interface Run {
  readonly from: number
  readonly steps: readonly Step[]
}

const SHORTEST_RUN = 3

function runsOf(steps: readonly Step[]): readonly Run[] {
  const runs: { from: number; steps: Step[] }[] = []
  for (const [index, step] of steps.entries()) {
    const last = runs.at(-1)
    const before = last?.steps.at(-1)
    if (
      last !== undefined &&
      before !== undefined &&
      together(step) !== null &&
      together(step) === together(before)
    ) {
      last.steps.push(step)
    } else runs.push({ from: index + 1, steps: [step] })
  }
  return runs.flatMap((run) =>
    run.steps.length < SHORTEST_RUN
      ? run.steps.map((step, index) => ({ from: run.from + index, steps: [step] }))
      : [run],
  )
}

/** What steps have in common that can be said once for all of them; null: nothing. */
function together(step: Step): string | null {
  if (step.kind === 'restart') return 'restart one after the other'
  if (step.kind === 'evict') return `evict from ${step.node} one after the other`
  return null
}

function lineOf({ from, steps }: Run): string {
  const [first] = steps
  if (first === undefined) return ''
  const said = together(first)
  if (steps.length === 1 || said === null) return `${from}. ${stepSentence(first)}`
  const names = steps.slice(0, MOST.names).map(({ ref }) => ref.name)
  const left = steps.length - names.length
  return `${from}–${from + steps.length - 1}. ${said}: ${names.join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}
