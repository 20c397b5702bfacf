import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import { waitingFor } from '../src/views/operations/card.ts'
import { decidedAnswer, staleAnswer } from './shared/decision-answers.ts'
import { type Considered, consider, type Decided, decideOrPlanAnew } from './shared/decisions.ts'
import { operationId, reason, shownDigest } from './shared/operation-arguments.ts'

export const opsApprove = defineDecision({
  name: 'ops approve',
  summary: 'Approve a change that somebody else asked for, as its card shows it.',
  examples: ['ops approve 4f7k2m9x0q 9f86d081884c7d65 --reason "checked with Vera"'],
  args: z.object({ operation: operationId, digest: shownDigest, reason }),
  positional: ['operation', 'digest'],
  family: 'changes',
  role: 'admin',
  deed: 'Approving or denying a change',

  read: ({ operation: id }, ports, ask, signal): Promise<Considered> =>
    consider(ports, { id, ask, replanIn: 'awaiting' }, signal),

  async act(
    { operation: id, digest, reason: why = null },
    desk,
    { actor, ref },
    considered,
  ): Promise<Decided> {
    const approve = () => desk.operations.approve(id, digest, actor, why)
    // Whoever asked for it is told that another person has to approve, whatever the world looks like.
    if (considered.operation.requester.person === actor.person) {
      return { stale: false, operation: await approve() }
    }
    return decideOrPlanAnew(desk.operations, considered, ref, approve)
  },

  render(decided, _args, { ref, zone = 'UTC' }) {
    if (decided.stale) return staleAnswer(decided, { ref, zone })
    const { operation } = decided
    const next = operation.state === 'approved' ? 'It begins in a moment.' : waitingFor(operation)
    return decidedAnswer(`You approved: ${operation.plan.headline}. ${next}`)
  },

  refused: ({ stale }) => (stale ? 'STALE_PLAN' : null),
})
