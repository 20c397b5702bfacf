import { UserError } from '../core/errors.ts'
import type { Operation, OperationState } from '../core/operation.ts'
import { DIGEST_SHOWN } from '../core/plan.ts'
import { stale } from './operations-faults.ts'
import { type Db, namesOf } from './operations-rows.ts'

/** Whether an operation can still be decided about, and what is said where it cannot. */

export function assertSamePlan({ id, digest }: Operation, given: string): void {
  if (given.length < DIGEST_SHOWN || !digest.startsWith(given)) throw stale(id)
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

const STANDS: Readonly<Record<OperationState, string>> = {
  planned: 'waits for whoever asked for it to confirm it',
  awaiting: 'waits for another person’s approval',
  approved: 'was approved',
  running: 'is running',
  verifying: 'is running',
  unknown: 'is being found out about',
  reconciling: 'is being found out about',
  'needs-human': 'waits for a person to say how it ended',
  succeeded: 'has succeeded',
  failed: 'has failed',
  denied: 'was denied',
  expired: 'has expired',
  stale: 'was ended because the world had changed',
  revoked: 'was ended because somebody’s role was taken away',
  cancelled: 'was cancelled',
}

/** What became of it, and by whom. */
export async function decided(db: Db, { id, state, reviews }: Operation): Promise<UserError> {
  const last = state === 'approved' || state === 'denied' ? reviews.at(-1) : undefined
  const names = last && (await namesOf(db, [last.user]))
  const by = last === undefined ? '' : ` by ${names?.get(last.user) ?? last.person}`
  const code = state === 'expired' ? 'EXPIRED' : 'ALREADY_DECIDED'
  return new UserError(code, `The operation ${id} ${STANDS[state]}${by}. Nothing was done now.`, {
    operation: id,
    suggestions: [`ops show ${id}`],
  })
}
