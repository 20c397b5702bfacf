import {
  actions,
  bold,
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

type UnderWay = Extract<OperationState, 'approved' | 'running' | 'verifying' | 'unknown' | 'reconciling'>

const SAYS: Readonly<Record<UnderWay, string>> = {
  approved: 'Approved, begins in a moment',
  running: 'Under way',
  verifying: 'Being read back',
  unknown: 'An answer was lost: it is being found out what happened',
  reconciling: 'An answer was lost: it is being found out what happened',
}

export function isUnderWay(state: OperationState): state is UnderWay {
  return state in SAYS
}

/** An operation while it is under way. The text alone says the state, the target and how far it is. */
export function progress({ operation, names }: CardFacts): Answer {
  const { plan, requester, id, state, cancelRequested } = operation
  const says = isUnderWay(state) ? SAYS[state] : state
  const by = names.get(requester.user) ?? requester.person
  const stopping = cancelRequested ? ' It is cancelled after the step that is under way.' : ''
  return {
    kind: 'progress',
    audience: 'channel',
    text: `${says}: ${plan.headline}. ${place(operation)}`,
    blocks: [
      section(text`${bold(`${says}.`)} ${plan.headline}.${stopping}`),
      section(stepLines(operation)),
      ...buttons(operation),
      context(text`Asked for by ${by}. Operation ${id}.`),
    ],
  }
}

/** `Step 2 of 3: restart Deployment/orders-service: 1 of 3 new pods are available.` */
function place(operation: Operation): string {
  const current = currentStep(operation)
  const total = operation.steps.length
  if (current === null) return total === 1 ? 'It is done.' : `All ${total} steps are done.`
  const more = current.says === null ? '' : `: ${current.says}`
  return `Step ${current.n + 1} of ${total}: ${stepSentence(current.step)}${more}.`
}

function buttons(operation: Operation) {
  const { id, plan, cancelRequested } = operation
  const workload = loggedWorkload(operation)
  return actions(
    ...(cancelRequested
      ? []
      : [
          operationButton({ action: 'cancel', label: 'Cancel', operation, says: `Cancel: ${plan.headline}` }),
        ]),
    ...(workload === null
      ? []
      : [commandButton({ action: 'logs', label: 'Show logs', line: `logs ${workload}` })]),
    commandButton({ action: 'refresh', label: 'Refresh', line: `ops show ${id}` }),
  )
}
