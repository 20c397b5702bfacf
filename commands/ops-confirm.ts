import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import { decidedAnswer, staleAnswer } from './shared/decision-answers.ts'
import { type Considered, consider, type Decided, decideOrPlanAnew } from './shared/decisions.ts'
import { operationId, shownDigest } from './shared/operation-arguments.ts'

export const opsConfirm = defineDecision({
  name: 'ops confirm',
  summary: 'Do what you asked for as its preview shows it, or let what was done stay.',
  examples: ['ops confirm 4f7k2m9x0q 9f86d081884c7d65'],
  args: z.object({ operation: operationId, digest: shownDigest }),
  positional: ['operation', 'digest'],
  family: 'changes',
  role: 'member',
  deed: 'Confirming a change',

  read: ({ operation: id }, ports, ask, signal): Promise<Considered> =>
    consider(ports, { id, ask, replanIn: 'planned' }, signal),

  async act({ operation: id, digest }, desk, { actor, ref }, considered): Promise<Decided> {
    const confirm = () => desk.operations.confirm(id, digest, actor)
    // Who may not confirm it is told that, whatever the world looks like.
    if (considered.operation.requester.person !== actor.person) {
      return { stale: false, operation: await confirm() }
    }
    return decideOrPlanAnew(desk.operations, considered, ref, confirm)
  },

  render(decided, _args, { ref, zone = 'UTC' }) {
    if (decided.stale) return staleAnswer(decided, { ref, zone })
    const { plan, state } = decided.operation
    return decidedAnswer(
      state === 'succeeded'
        ? `It stays: ${plan.headline}.`
        : `Confirmed: ${plan.headline}. The channel shows how it goes.`,
    )
  },

  refused: ({ stale }) => (stale ? 'STALE_PLAN' : null),
})
