import { z } from 'zod'
import { defineQuery } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import { anotherPlan, decidedByYou, ownOperation, tooLate } from '../src/core/operation-refusals.ts'
import { decideDialog } from '../src/views/operations/decide.ts'
import type { Named } from '../src/views/operations/listing.ts'
import { operationHere } from './shared/decisions.ts'
import { operationId, shownDigest } from './shared/operation-arguments.ts'
import { namedOf } from './shared/operation-names.ts'

export const opsDecide = defineQuery({
  name: 'ops decide',
  summary: 'Open the decision about a change that waits for approval.',
  examples: ['ops decide 4f7k2m9x0q 9f86d081884c7d65'],
  args: z.object({
    operation: operationId,
    digest: shownDigest,
    deny: z.boolean().default(false).describe('with “deny” chosen already'),
  }),
  positional: ['operation', 'digest'],
  family: 'changes',
  role: 'admin',
  deed: 'Approving or denying a change',

  async read({ operation: id, digest }, ports, ask): Promise<{ operation: Operation; named: Named }> {
    const operation = await operationHere(ports, id, ask)
    if (!operation.digest.startsWith(digest)) throw anotherPlan(id)
    const named = await namedOf(ports)
    assertMayDecide(operation, ask.actor.person, named.names)
    return { operation, named }
  },

  render: ({ operation, named }, { deny }) =>
    decideDialog({ operation, ...named, chosen: deny ? 'deny' : null }),

  data: ({ operation }) => operation,
})

/** A card can be clicked before it was redrawn; and what the database would say after the form is better said before it. */
function assertMayDecide(operation: Operation, person: string, names: Named['names']): void {
  const { id, state, requester, reviews } = operation
  if (state !== 'awaiting') throw tooLate(operation, names)
  if (requester.person === person) throw ownOperation(operation)
  if (reviews.some((review) => review.person === person)) throw decidedByYou(id)
}
