import { UserError } from '../core/errors.ts'
import type { Operation, Override } from '../core/operation.ts'
import type { Plan } from '../core/plan.ts'
import type { Step } from '../core/steps.ts'
import { inverseOf } from './steps/index.ts'

/** What puts back what an operation did: the inverses of the steps that happened, the last first. */
function inverseSteps({ steps }: Pick<Operation, 'steps'>): readonly Step[] {
  return steps
    .filter(({ state }) => HAPPENED.has(state))
    .toReversed()
    .flatMap(({ step }) => inverseOf(step) ?? [])
}

/** Answered and perhaps not come about counts: it is on the object. */
const HAPPENED: ReadonlySet<string> = new Set(['sent', 'done', 'failed'])

/** Whether there is something that an undo would put back. */
export function canUndo(operation: Operation): boolean {
  return operation.undoneBy === null && inverseSteps(operation).length > 0
}

const NEVER_BACK = 'A restart, a deleted pod and a look of Flux cannot be taken back.'

/**
 * A plan that shall undo itself unless somebody confirms: it says when only a part of it can be taken back. Throws `UserError`
 * when nothing of it can; `without` is the same line without that.
 */
export function undoingItself(plan: Plan, without: string): Plan {
  const { headline, steps, facts = [] } = plan
  const kept = steps.filter((step) => inverseOf(step) === null).length
  if (kept === 0) return plan
  if (kept < steps.length) return { ...plan, facts: [...facts, `It undoes itself in part. ${NEVER_BACK}`] }
  throw new UserError(
    'BAD_ARGUMENT',
    `${headline}: nothing can take this back, so it could not be undone by itself when nobody confirms. Ask for it without --confirm-within; for ten minutes after it Bakery watches how it does, and says when it is worse.`,
    { suggestions: [without] },
  )
}

/** The plan that undoes an operation: what a person asks for, and what follows by itself when nobody confirms. */
export function undoPlan(operation: Operation): Plan {
  const { id, plan } = operation
  const kept = operation.steps.filter(({ step, state }) => HAPPENED.has(state) && inverseOf(step) === null)
  const facts = kept.length === 0 ? [] : [NEVER_BACK]
  return {
    headline: `Undo “${plan.headline}”`,
    ...{
      target: plan.target,
      risk: plan.risk,
      steps: inverseSteps(operation),
      warnings: [],
      facts,
      undoes: id,
    },
    ...(plan.approvals === undefined ? {} : { approvals: plan.approvals }),
    ...(plan.watch === undefined ? {} : { watch: plan.watch }),
  }
}

/** The plan that gives back what an operation took out of git's care. */
export function resumePlan({ target, steps, says }: Override): Plan {
  return { headline: `Give back: ${says}`, target, risk: 'change', steps, warnings: [] }
}
