import { UserError } from '../core/errors.ts'
import { anotherPlan, decidedByYou } from '../core/operation-refusals.ts'

/** What the rules of the database (migrations/0006_operations.sql and later) say to people. */
const SENTENCES: Readonly<Record<string, (id: string, detail: string) => UserError>> = {
  operation_target_busy: (id, holder) =>
    new UserError(
      'TARGET_BUSY',
      `The operation ${holder} changes the same object at the moment. Wait until it has ended, or look at it.`,
      { operation: id, suggestions: [`ops show ${holder}`] },
    ),
  operation_in_time: (id) =>
    new UserError('EXPIRED', `The time of the operation ${id} is over. Ask for it again.`, { operation: id }),
  operation_review_by_another: (id) => selfApproval(id),
  operation_reviewed_by_another: (id) =>
    new UserError(
      'SELF_APPROVAL',
      `Another person than the one who ran the operation ${id} has to review it.`,
      { operation: id, suggestions: [`ask ops review ${id}`] },
    ),
  operation_resolved_by_another: (id) =>
    new UserError(
      'SELF_APPROVAL',
      `Another person than the one who asked for it says how the operation ${id} ended.`,
      { operation: id },
    ),
  operation_review_once: decidedByYou,
  operation_review_open: (id) =>
    new UserError('ALREADY_DECIDED', `The operation ${id} does not wait for approval any more.`, {
      operation: id,
    }),
  operation_review_of_this_plan: anotherPlan,
  operation_breaks_glass: () =>
    new UserError('NO_ROLE', 'Only an owner, with a reason, does without a second person. Nothing was done.'),
}

function selfApproval(id: string): UserError {
  return new UserError(
    'SELF_APPROVAL',
    `Another person than the one who asked has to approve the operation ${id}; another account of the same person does not count.`,
    { operation: id },
  )
}

/** Which rule of the database refused it; undefined: none, it is another fault. */
export function brokenRule(thrown: unknown): string | undefined {
  const { constraint } = Object(thrown) as { constraint?: unknown }
  return typeof constraint === 'string' ? constraint : undefined
}

/** Rethrows a broken rule as a sentence for the person, and everything else as it is. */
export function forDecider(id: string): (thrown: unknown) => never {
  return (thrown) => {
    const { detail } = Object(thrown) as { detail?: unknown }
    const sentence = SENTENCES[brokenRule(thrown) ?? '']
    throw sentence ? sentence(id, typeof detail === 'string' ? detail : '') : thrown
  }
}
