import {
  actions,
  ago,
  bold,
  capital,
  code,
  commandButton,
  context,
  count,
  header,
  localTime,
  type Markup,
  operationButton,
  section,
  text,
} from '../../blocks/builders.ts'
import type { Button } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Freeze, Operation, OperationState } from '../../core/operation.ts'
import type { ToDecide } from '../../core/to-decide.ts'
import { nameOf } from './whose.ts'

export interface Named {
  /** Slack id → what the person is called. */
  readonly names: ReadonlyMap<string, string>
  readonly zone: string
  readonly now: Date
}

/** How an operation stands, in a few words. */
export const WORDS: Readonly<Record<OperationState, string>> = {
  planned: 'waits to be confirmed',
  awaiting: 'waits for approval',
  approved: 'approved',
  running: 'under way',
  verifying: 'being read back',
  unknown: 'outcome not known yet',
  reconciling: 'outcome not known yet',
  'needs-human': 'needs a person',
  succeeded: 'succeeded',
  failed: 'failed',
  denied: 'denied',
  expired: 'expired',
  stale: 'not done, the platform had changed',
  revoked: 'not done, it might not be done any more',
  cancelled: 'cancelled',
}

/** Operations, newest first, each with a way to the whole of it. */
export function operationsList(
  { operations, what }: { operations: readonly Operation[]; what: string },
  named: Named,
): Answer {
  const headline = `${count(operations.length, what)}${operations.length === 0 ? ' here' : ', newest first'}.`
  return {
    kind: 'table',
    audience: 'channel',
    text: `Operations: ${headline}`,
    blocks: [
      section(bold(headline)),
      ...operations.map((operation) =>
        section(
          operationLine(operation, named),
          commandButton({
            ...{ action: 'run', label: 'Show', line: `ops show ${operation.id}` },
            accessibilityLabel: `Show ${operation.plan.headline}`,
          }),
        ),
      ),
      context(`Seen ${localTime(named.now, named.zone)}.`),
    ],
  }
}

function operationLine(operation: Operation, { names, now }: Named): Markup {
  const { id, plan, state, requester, createdAt } = operation
  const by = nameOf(names, requester)
  return text`${bold(capital(WORDS[state]))}: ${plan.headline}. Asked by ${by} ${ago(new Date(createdAt), now)}. ${code(id)}`
}

/** What one person may decide here. */
export function approvalsList({ awaiting, unreviewed, unresolved }: ToDecide, named: Named): Answer {
  const total = awaiting.length + unreviewed.length + unresolved.length
  const headline =
    total === 0 ? 'Nothing waits for your decision here.' : `${count(total, 'decision')} for you here.`
  return {
    kind: 'table',
    audience: 'requester',
    text: `Approvals: ${headline}`,
    blocks: [
      header('Approvals'),
      section(headline),
      ...awaiting.flatMap((operation) => [
        section(text`${operationLine(operation, named)} Until ${until(operation, named)}.`),
        ...actions(
          operationButton({
            ...{ action: 'approve', label: 'Approve…', operation, style: 'primary' },
            says: `Approve: ${operation.plan.headline}`,
          }),
          operationButton({
            action: 'deny',
            label: 'Deny…',
            operation,
            says: `Deny: ${operation.plan.headline}`,
          }),
        ),
      ]),
      ...unresolved.flatMap((operation) => [
        section(operationLine(operation, named)),
        ...actions(showButton(operation)),
      ]),
      ...unreviewed.flatMap((operation) => [
        section(text`Without a second person: ${operationLine(operation, named)}`),
        ...actions(showButton(operation), reviewButton(operation)),
      ]),
    ],
  }
}

function until({ expiresAt }: Operation, { zone }: Named): string {
  return localTime(new Date(expiresAt), zone)
}

/** It works wherever it is: what was done without a second person is told in other places as well. */
export function reviewButton(operation: Operation): Button {
  const says = `I have reviewed: ${operation.plan.headline}`
  return operationButton({ action: 'review', label: 'I have reviewed it', operation, says })
}

function showButton({ id }: Operation) {
  return commandButton({ action: 'run', label: 'Show', line: `ops show ${id}` })
}

/** `Changes of orders-service are frozen until … by ana: Christmas sales.` */
export function freezeSentence({ target, until: end, reason }: Freeze, by: string, zone: string): string {
  const what = target === null ? 'All changes are' : `Changes of ${target} are`
  const when = end === null ? 'until somebody ends it' : `until ${localTime(new Date(end), zone)}`
  return `${what} frozen ${when}, by ${by}: ${reason}.`
}
