import {
  actions,
  bold,
  capital,
  commandButton,
  context,
  operationButton,
  section,
  text,
} from '../../blocks/builders.ts'
import type { Answer } from '../../core/answer.ts'
import type { Operation, OperationState } from '../../core/operation.ts'
import type { CardFacts } from '../../core/ports/operations.ts'
import { currentStep, loggedWorkload, stepLines, stepSentence } from './steps.ts'
import { whose } from './whose.ts'

type UnderWay = Extract<OperationState, 'approved' | 'running' | 'verifying' | 'unknown' | 'reconciling'>

const SAYS: Readonly<Record<UnderWay, string>> = {
  approved: 'Begins in a moment',
  running: 'Under way',
  verifying: 'Done, and being checked',
  unknown: 'An answer was lost: it is being found out what happened',
  reconciling: 'An answer was lost: it is being found out what happened',
}

export function isUnderWay(state: OperationState): state is UnderWay {
  return state in SAYS
}

/** An operation while it is under way. The text alone says the state, the target and how far it is. `whole` as in `result`. */
export function progress({ operation, names }: CardFacts, whole = false): Answer {
  const { plan, state, cancelRequested } = operation
  const says = isUnderWay(state) ? SAYS[state] : state
  const stopping = cancelRequested ? ' It is cancelled after the step that is under way.' : ''
  return {
    kind: 'progress',
    audience: 'channel',
    text: `${says}: ${plan.headline}. ${place(operation)}`.trim(),
    blocks: [
      section(text`${bold(`${says}.`)} ${plan.headline}.${stopping}`),
      ...(whole ? [] : [section(stepLines(operation))]),
      ...buttons(operation),
      ...(whole ? [] : [context(whose(operation, names))]),
    ],
  }
}

/** `Step 2 of 3: restart Deployment/orders-service. 1 of 3 new pods are available.` */
function place(operation: Operation): string {
  const current = currentStep(operation)
  const total = operation.steps.length
  if (current === null) return total === 1 ? '' : `All ${total} steps are done.`
  const says = current.says === null ? '' : `${capital(current.says)}.`
  return total === 1 ? says : `Step ${current.n + 1} of ${total}: ${stepSentence(current.step)}. ${says}`
}

function buttons(operation: Operation) {
  const { id, plan, cancelRequested } = operation
  const workload = loggedWorkload(operation)
  const stoppable = !cancelRequested && currentStep(operation) !== null
  return actions(
    ...(stoppable
      ? [operationButton({ action: 'cancel', label: 'Cancel', operation, says: `Cancel: ${plan.headline}` })]
      : []),
    ...(workload === null
      ? []
      : [commandButton({ action: 'logs', label: 'Show logs', line: `logs ${workload}` })]),
    commandButton({ action: 'refresh', label: 'Refresh', line: `ops show ${id}` }),
  )
}
