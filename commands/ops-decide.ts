import { z } from 'zod'
import { defineQuery } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import type { Operation } from '../src/core/operation.ts'
import { decideDialog } from '../src/views/operations/decide.ts'
import type { Named } from '../src/views/operations/listing.ts'
import { operationHere } from './shared/decisions.ts'
import { operationId, shownDigest } from './shared/operation-arguments.ts'
import { namedOf } from './shared/operation-names.ts'

export const opsDecide = defineQuery({
  name: 'ops decide',
  summary: 'Open the decision about a change that waits for approval.',
  examples: ['ops decide 4f7k2m9x0q 9f86d081884c7d65'],
  args: z.object({ operation: operationId, digest: shownDigest }),
  positional: ['operation', 'digest'],
  family: 'changes',
  role: 'admin',

  async read({ operation: id, digest }, ports, ask): Promise<{ operation: Operation; named: Named }> {
    const operation = await operationHere(ports, id, ask)
    if (!operation.digest.startsWith(digest)) {
      throw new UserError('STALE_PLAN', 'This is not the plan that was shown. Nothing was done.', {
        operation: id,
      })
    }
    assertWaits(operation)
    assertMayDecide(operation, ask.actor.person)
    return { operation, named: await namedOf(ports) }
  },

  render: ({ operation, named }) => decideDialog({ operation, ...named }),

  data: ({ operation }) => operation,
})

/** A card can be clicked before it was redrawn: then it says what has become of the operation. */
function assertWaits({ id, state }: Operation): void {
  if (state === 'awaiting') return
  const code = state === 'expired' ? 'EXPIRED' : state === 'stale' ? 'STALE_PLAN' : 'ALREADY_DECIDED'
  const message = `The operation ${id} does not wait for a decision any more: it is ${state}.`
  throw new UserError(code, message, { operation: id, suggestions: [`ops show ${id}`] })
}

/** Said before the form is opened: afterwards it would be said again, by the database. */
function assertMayDecide({ id, requester, reviews }: Operation, person: string): void {
  if (requester.person === person) {
    throw new UserError(
      'SELF_APPROVAL',
      `You asked for this yourself, so another person has to decide about the operation ${id}. You can cancel it.`,
      { operation: id, suggestions: [`ops cancel ${id}`] },
    )
  }
  if (reviews.some((review) => review.person === person)) {
    throw new UserError('ALREADY_DECIDED', `You have decided about the operation ${id} already.`, {
      operation: id,
    })
  }
}
