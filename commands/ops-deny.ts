import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import { decidedAnswer } from './shared/decision-answers.ts'
import { attestedHere } from './shared/decisions.ts'
import { operationId, reason, shownDigest } from './shared/operation-arguments.ts'

export const opsDeny = defineDecision({
  name: 'ops deny',
  summary: 'Deny a change that waits for approval: it is not done.',
  examples: ['ops deny 4f7k2m9x0q 9f86d081884c7d65 --reason "not during the sale"'],
  args: z.object({ operation: operationId, digest: shownDigest, reason }),
  positional: ['operation', 'digest'],
  family: 'changes',
  role: 'admin',
  deed: 'Approving or denying a change',

  read: ({ operation: id }, ports, ask): Promise<Operation> => attestedHere(ports, id, ask),

  act: ({ operation: id, digest, reason: why = null }, desk, { actor }) =>
    desk.operations.deny(id, digest, actor, why),

  render: ({ plan }) => decidedAnswer(`You denied: ${plan.headline}. Nothing is done.`),
})
