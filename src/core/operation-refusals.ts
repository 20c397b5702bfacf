import { UserError } from './errors.ts'
import type { Operation, OperationState, Review } from './operation.ts'
import { DIGEST_SHOWN } from './plan.ts'

/** What is said of an operation that somebody may not decide about: the same before anything is asked and under its lock. */

export function ownOperation({ id, digest }: Pick<Operation, 'id' | 'digest'>): UserError {
  return new UserError(
    'SELF_APPROVAL',
    `You asked for this yourself, so another person has to decide about the operation ${id}; another account of yours does not count. You can cancel it.`,
    {
      operation: id,
      suggestions: [`ask ops decide ${id} ${digest.slice(0, DIGEST_SHOWN)}`, `ops cancel ${id}`],
    },
  )
}

/** Whoever asked confirms what one person may do; this is decided about by another. */
export function notConfirmed({ id, digest }: Pick<Operation, 'id' | 'digest'>): UserError {
  return new UserError(
    'BAD_ARGUMENT',
    `The operation ${id} waits for approval, so it is not confirmed: decide about it. Nothing was done.`,
    { operation: id, suggestions: [`ops decide ${id} ${digest.slice(0, DIGEST_SHOWN)}`] },
  )
}

/** It is too late to say that it may stay. */
export function undoneAlready(id: string, by: string): UserError {
  return new UserError(
    'ALREADY_DECIDED',
    `The operation ${id} does not stay: the operation ${by} undoes it. Nothing was done now.`,
    { operation: id, suggestions: [`ops show ${by}`] },
  )
}

export function decidedByYou(id: string): UserError {
  return new UserError('ALREADY_DECIDED', `You have decided about the operation ${id} already.`, {
    operation: id,
  })
}

export function anotherPlan(id: string): UserError {
  return new UserError(
    'STALE_PLAN',
    `This is not the plan that the operation ${id} has. Nothing was done. Look at it again.`,
    { operation: id, suggestions: [`ops show ${id}`] },
  )
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

/** Whose decision an operation's state is; undefined: nobody's alone. */
export function decider({ state, reviews }: Pick<Operation, 'state' | 'reviews'>): Review | undefined {
  return state === 'approved' || state === 'denied' ? reviews.at(-1) : undefined
}

/** It is too late to decide: what has become of it, and by whom. */
export function tooLate(
  operation: Pick<Operation, 'id' | 'state' | 'reviews'>,
  names: ReadonlyMap<string, string>,
): UserError {
  const { id, state } = operation
  const last = decider(operation)
  const by = last === undefined ? '' : ` by ${names.get(last.user) ?? last.person}`
  const code = state === 'expired' ? 'EXPIRED' : 'ALREADY_DECIDED'
  return new UserError(code, `The operation ${id} ${STANDS[state]}${by}. Nothing was done now.`, {
    operation: id,
    suggestions: [`ops show ${id}`],
  })
}
