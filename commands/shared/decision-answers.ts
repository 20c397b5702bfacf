import { section } from '../../src/blocks/builders.ts'
import type { Answer } from '../../src/core/answer.ts'
import { movedSentence } from '../../src/views/operations/moved.ts'
import { preview } from '../../src/views/operations/preview.ts'
import { refusal } from '../../src/views/refusal.ts'
import type { Decided } from './decisions.ts'

/** What whoever decided reads. The card in the channel says the same to everybody. */
export function decidedAnswer(sentence: string): Answer {
  return { kind: 'result', audience: 'requester', text: sentence, blocks: [section(sentence)] }
}

/** The plan was another one: why nothing was done, and where the new one is. */
export function staleAnswer(
  { operation, says, next }: Extract<Decided, { stale: true }>,
  { ref, zone }: { ref: string; zone: string },
): Answer {
  const { headline } = operation.plan
  const where =
    next === null
      ? 'There is nothing left to do.'
      : next.operation.state === 'planned'
        ? 'The new preview follows.'
        : `The new plan is in the channel as operation ${next.operation.id}: decide about that one.`
  const moved = next === null ? '' : movedSentence(operation.plan, next.planned.plan)
  const said = refusal({
    code: 'STALE_PLAN',
    message: [`“${headline}” was not done.`, says, moved, where].filter((words) => words !== '').join(' '),
    suggestions: [],
    ref,
  })
  if (next?.operation.state !== 'planned') return said
  const shown = preview({ ...next, zone })
  return { ...shown, text: said.text, blocks: [...said.blocks, ...shown.blocks] }
}
