import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import type { Override } from '../src/core/operation.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { noticeOf, resultOf } from './shared/answers.ts'
import { operationId } from './shared/operation-arguments.ts'
import { overrideHere } from './shared/overrides.ts'

export const overridesForget = defineDecision({
  name: 'overrides forget',
  summary: 'Stop trying to give back what cannot be given back any more, such as a deleted object.',
  examples: ['overrides forget 4f7k2m9x0q --reason "the Kustomization was removed from git"'],
  args: z.object({
    operation: operationId,
    reason: z.string().trim().min(3).max(300).describe('why nothing has to be given back, for the record'),
  }),
  positional: ['operation'],
  family: 'changes',
  role: 'admin',

  read: ({ operation }, ports, ask) => readStuck(operation, ports, ask.channel),

  act: (_args, desk, { actor }, { id }) => desk.operations.endOverride(id, actor),

  render: (override, { reason }) => resultOf(sentenceOf(override, reason)),

  announce: (override, { reason }, ask) => noticeOf(sentenceOf(override, reason), 'Forgotten', ask),

  target: ({ operation }) => operation,
})

/** Only what failed at least once: what is out of git's care otherwise has an end, and somebody who is reminded of it. */
async function readStuck(
  operation: string,
  { operations }: Pick<ReadPorts, 'operations'>,
  channel: string | null,
): Promise<Override> {
  const override = overrideHere(await operations.overrides(), operation, channel)
  if (override.failure !== null) return override
  throw new UserError(
    'BAD_ARGUMENT',
    `Giving back what the operation ${operation} took out of git’s care has not failed. Give it back now instead, or let it end by itself.`,
    { suggestions: [`overrides end ${operation}`] },
  )
}

function sentenceOf({ target, operation }: Override, reason: string): string {
  return `What the operation ${operation} took out of git’s care for ${target} is not given back by Bakery any more: ${reason}.`
}
