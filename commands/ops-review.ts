import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import { resultOf } from './shared/answers.ts'
import { attestedHere } from './shared/decisions.ts'
import { operationId } from './shared/operation-arguments.ts'

export const opsReview = defineDecision({
  name: 'ops review',
  summary: 'Say that you have looked at a change that was made without a second person.',
  examples: ['ops review 4f7k2m9x0q'],
  args: z.object({ operation: operationId }),
  positional: ['operation'],
  family: 'changes',
  role: 'admin',
  deed: 'Reviewing a change that was made without a second person',

  read: ({ operation: id }, ports, ask): Promise<Operation> => attestedHere(ports, id, ask),

  act: ({ operation: id }, desk, { actor }) => desk.operations.review(id, actor),

  render: ({ plan, id }, _args, { actor }) =>
    resultOf(
      `Reviewed by ${actor.person}: ${plan.headline}, operation ${id}, which ran without a second person.`,
    ),
})
