import { z } from 'zod'
import { defineDecision } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { assertStillHolds } from '../src/core/grants.ts'
import type { Freeze } from '../src/core/operation.ts'
import { noticeOf, resultOf } from './shared/answers.ts'
import { frozenTarget, isEverything, serviceOrAll } from './shared/freezes.ts'

export const unfreeze = defineDecision({
  name: 'unfreeze',
  summary: 'Let changes of a service, or all changes, go on.',
  examples: ['unfreeze orders-service', 'unfreeze all'],
  args: z.object({
    service: serviceOrAll,
  }),
  positional: ['service'],
  family: 'changes',
  role: 'admin',
  roleFor: ({ service }) => (isEverything(service) ? 'owner' : null),

  read: async ({ service }, ports): Promise<string | null> => frozenTarget(service, ports),

  async act(_args, desk, ask, target): Promise<{ target: string | null; ended: readonly Freeze[] }> {
    await assertStillHolds(desk, ask, target === null ? 'owner' : 'admin')
    const ended = await desk.operations.unfreeze(target, ask.actor)
    if (ended.length > 0) return { target, ended }
    throw new UserError(
      'ALREADY_DECIDED',
      `${target === null ? 'All changes together' : `Changes of ${target}`} are not frozen, so there is nothing to end.`,
      { suggestions: ['overrides'] },
    )
  },

  render: ({ target }) => resultOf(sentenceOf(target)),

  announce: ({ target }, _args, ask) => noticeOf(sentenceOf(target), 'Ended', ask),

  target: ({ service = 'all' }) => service,
})

function sentenceOf(target: string | null): string {
  return target === null
    ? 'The freeze of all changes has ended; freezes of single services stay.'
    : `Changes of ${target} go on: the freeze has ended.`
}
