import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import { decidedAnswer } from './shared/decision-answers.ts'
import { operationHere } from './shared/decisions.ts'
import { operationId } from './shared/operation-arguments.ts'

export const opsCancel = defineDecision({
  name: 'ops cancel',
  summary: 'Take back what you asked for; what runs already stops after the step that is under way.',
  examples: ['ops cancel 4f7k2m9x0q'],
  args: z.object({ operation: operationId }),
  positional: ['operation'],
  family: 'changes',
  role: 'member',
  deed: 'Taking back a change',

  read: ({ operation: id }, ports, ask): Promise<Operation> => operationHere(ports, id, ask),

  act: ({ operation: id }, desk, { actor }) => desk.operations.cancel(id, actor),

  render: ({ plan, state }) =>
    decidedAnswer(
      state === 'cancelled'
        ? `Cancelled: ${plan.headline}. Nothing was done.`
        : `Being cancelled: ${plan.headline}. The step that is under way is finished first.`,
    ),
})
