import { actions, context, operationButton, plain, section, text } from '../../blocks/builders.ts'
import { LIMITS } from '../../blocks/limits.ts'
import type { Block, InputBlock } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Dialog } from '../../core/dialog.ts'
import { DIGEST_SHOWN } from '../../core/plan.ts'
import type { CardFacts } from '../../core/ports/operations.ts'
import { digestLine, factsBlock, waitingFor } from './card.ts'
import { planBlocks } from './plan.ts'
import { nameOf } from './whose.ts'

/** What is filled in, by block id: `verdict` is `approve` or `deny`, `reason` is text (core/clicks.ts reads them). */
const VERDICTS = [
  { value: 'approve', label: 'Approve: it is done as shown' },
  { value: 'deny', label: 'Deny: nothing is done' },
] as const

const MOST_REASON = 300

interface DecideFacts extends CardFacts {
  readonly zone: string
  /** What whoever opens it has said already; to approve has to be chosen. */
  readonly chosen: 'deny' | null
}

/** The decision about one operation, as the database has it now: a modal, and a message where none can be opened. */
export function decideDialog(facts: DecideFacts): Answer {
  const { operation, names } = facts
  const { id, digest, plan, requester } = operation
  const shown = decisionBlocks(facts)
  const dialog: Dialog = {
    callbackId: 'decide',
    title: 'Approve or deny',
    submit: 'Decide',
    close: 'Not now',
    blocks: [...shown, verdictInput(facts.chosen), reasonInput()],
    metadata: `${id}.${digest.slice(0, DIGEST_SHOWN)}`,
  }
  return {
    kind: 'approval',
    audience: 'requester',
    text: `Decide about ${plan.target}: ${plan.headline}. Asked by ${nameOf(names, requester)}.`,
    blocks: [
      ...shown,
      ...actions(
        operationButton({
          action: 'approve',
          label: 'Approve…',
          operation,
          says: `Approve: ${plan.headline}`,
        }),
        operationButton({ action: 'deny', label: 'Deny…', operation, says: `Deny: ${plan.headline}` }),
      ),
      context(`Or type: ops approve ${id} ${digest.slice(0, DIGEST_SHOWN)}`),
    ],
    dialog,
  }
}

function decisionBlocks(facts: CardFacts & { readonly zone: string }): readonly Block[] {
  const { operation } = facts
  return [
    section(text`Nothing is done yet. ${waitingFor(operation)}`),
    ...planBlocks(operation),
    factsBlock(facts),
    context(digestLine(operation)),
  ]
}

function verdictInput(chosen: DecideFacts['chosen']): InputBlock {
  const options = VERDICTS.map(({ value, label }) => ({ value, text: plain(label, LIMITS.optionText) }))
  const initial = options.find(({ value }) => value === chosen)
  return {
    type: 'input',
    block_id: 'verdict',
    label: plain('Your decision', LIMITS.inputLabel),
    element: {
      type: 'radio_buttons',
      action_id: 'verdict',
      options,
      ...(initial === undefined ? {} : { initial_option: initial }),
    },
  }
}

function reasonInput(): InputBlock {
  return {
    type: 'input',
    block_id: 'reason',
    optional: true,
    label: plain('Why', LIMITS.inputLabel),
    hint: plain('It is kept with the decision, and others read it.', LIMITS.inputHint),
    element: { type: 'plain_text_input', action_id: 'reason', max_length: MOST_REASON },
  }
}
