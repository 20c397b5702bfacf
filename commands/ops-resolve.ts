import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import type { Operation } from '../src/core/operation.ts'
import { resultOf } from './shared/answers.ts'
import { attestedHere } from './shared/decisions.ts'
import { operationId, reason } from './shared/operation-arguments.ts'

const NO_REASON = 'no reason was given'

export const opsResolve = defineDecision({
  name: 'ops resolve',
  summary:
    'Say how a change ended that nobody could find out about, as another person than who asked for it.',
  examples: ['ops resolve 4f7k2m9x0q succeeded --reason "three new pods are ready"'],
  args: z.object({
    operation: operationId,
    verdict: z.enum(['succeeded', 'failed']).describe('how it ended, as you have seen'),
    reason,
  }),
  positional: ['operation', 'verdict'],
  family: 'changes',
  role: 'admin',
  deed: 'Saying how a change ended',

  read: ({ operation: id }, ports, ask): Promise<Operation> => attestedHere(ports, id, ask),

  act: ({ operation: id, verdict, reason: why = NO_REASON }, desk, { actor }) =>
    desk.operations.resolve(id, verdict, actor, why),

  render: ({ plan, state, outcome }, _args, { actor }) =>
    resultOf(`${plan.headline}: ${state}, says ${actor.person}: ${outcome ?? NO_REASON}.`),
})
