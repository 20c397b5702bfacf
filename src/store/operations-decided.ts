import { UserError } from '../core/errors.ts'
import type { Operation, OperationState } from '../core/operation.ts'
import { anotherPlan, decider, tooLate } from '../core/operation-refusals.ts'
import { DIGEST_SHOWN } from '../core/plan.ts'
import { type Db, namesOf } from './operations-rows.ts'

/** Whether an operation can still be decided about, and what is said where it cannot. */

export function assertSamePlan({ id, digest }: Operation, given: string): void {
  if (given.length < DIGEST_SHOWN || !digest.startsWith(given)) throw anotherPlan(id)
}

export function assertInTime({ id, line }: Operation, over: boolean): void {
  if (!over) return
  throw new UserError('EXPIRED', `The time of the operation ${id} is over. Ask for it again.`, {
    operation: id,
    suggestions: [line],
  })
}

export async function assertStill(db: Db, whole: Operation, state: OperationState): Promise<void> {
  if (whole.state !== state) throw await decided(db, whole)
}

/** What became of it, and by whom. */
export async function decided(db: Db, operation: Operation): Promise<UserError> {
  const last = decider(operation)
  return tooLate(operation, last === undefined ? new Map() : await namesOf(db, [last.user]))
}
