import type { RawObject } from '../../core/ports/objects.ts'
import type { Budget } from '../../core/ports/workloads.ts'
import { at, count } from '../../core/raw.ts'
import { selects } from './selectors.ts'

/** The disruption budgets that pods with these labels are under. */
export function budgetsFor(
  namespace: string | undefined,
  labels: unknown,
  budgets: readonly RawObject[],
): readonly Budget[] {
  return budgets
    .filter(({ metadata }) => metadata.namespace === namespace)
    .filter((budget) => selects(at(budget, 'spec', 'selector'), labels))
    .map(budgetOf)
}

function budgetOf(budget: RawObject): Budget {
  const allowed = allowedBy(budget)
  const { name } = budget.metadata
  return { name, allowed, says: `${rule(budget)}; ${allowed === 0 ? 'none' : allowed} may go now` }
}

/** As long as its controller has not looked at it, the API server lets no pod go. */
function allowedBy(budget: RawObject): number {
  const seen = count(at(budget, 'status', 'observedGeneration')) >= count(budget.metadata.generation)
  return seen ? Math.max(0, count(at(budget, 'status', 'disruptionsAllowed'))) : 0
}

/** A number of pods or a share such as `50%`. */
function rule(budget: RawObject): string {
  const least = at(budget, 'spec', 'minAvailable')
  if (least !== undefined) return `at least ${pods(least)} must stay`
  return `at most ${pods(at(budget, 'spec', 'maxUnavailable') ?? 0)} may be away`
}

function pods(value: unknown): string {
  return value === 1
    ? '1 pod'
    : `${String(value).slice(0, 16)} ${typeof value === 'string' ? 'of the pods' : 'pods'}`
}
