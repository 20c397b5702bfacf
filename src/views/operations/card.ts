import {
  actions,
  bold,
  commandButton,
  context,
  fields,
  header,
  join,
  localTime,
  operationButton,
  section,
  text,
} from '../../blocks/builders.ts'
import type { Block, Button } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import { approvalsNeeded, type Operation, type OperationState } from '../../core/operation.ts'
import type { CardFacts } from '../../core/ports/operations.ts'
import { planBlocks } from './plan.ts'
import { nameOf } from './whose.ts'

/** What people read of an operation before it runs: it waits for them, or they have ended it. */

/** It waits for another person: everything that is needed to decide, and the buttons that open the decision. */
export function approvalCard(facts: CardFacts & { readonly zone: string }, whole = false): Answer {
  const { operation, names } = facts
  const { plan, requester, state } = operation
  const by = nameOf(names, requester)
  return {
    kind: 'approval',
    audience: 'channel',
    text: `${state === 'awaiting' ? 'Approval needed' : 'Preview'} for ${plan.target}: ${plan.headline}. Asked by ${by}. ${waitingFor(operation)}`,
    blocks: [
      header(state === 'awaiting' ? 'Approval needed' : 'Preview'),
      section(text`${bold('Nothing is done yet.')} ${waitingFor(operation)}`),
      ...planBlocks({ plan }),
      factsBlock(facts),
      ...(state === 'awaiting' ? actions(...decisionButtons(operation)) : []),
      ...(whole ? [] : [context(digestLine(operation))]),
    ],
  }
}

/** `It waits for 2 other persons; 1 has approved it.` */
export function waitingFor({ plan, reviews, state }: Operation): string {
  if (state === 'planned') return 'It waits for whoever asked for it to confirm it.'
  const needed = approvalsNeeded(plan)
  const approved = reviews.filter(({ verdict }) => verdict === 'approve').length
  const others = needed === 1 ? 'another person' : `${needed} other persons`
  return `It waits for ${others} to approve it${approved > 0 ? `; ${approved} of ${needed} have` : ''}.`
}

/** Who, why, with which risk, until when. */
export function factsBlock({
  operation,
  names,
  zone,
}: Pick<CardFacts, 'operation' | 'names'> & { readonly zone: string }): Block {
  const { plan, requester, reason, expiresAt, environment } = operation
  return fields([
    text`${bold('Target')}\n${plan.target}, ${environment}`,
    text`${bold('Risk')}\n${plan.risk}`,
    text`${bold('Asked by')}\n${nameOf(names, requester)}`,
    text`${bold('Why')}\n${reason ?? 'no reason was given'}`,
    text`${bold('Decide until')}\n${localTime(new Date(expiresAt), zone)}`,
  ])
}

export function digestLine({ id, digest, line }: Operation): string {
  return `Operation ${id} · plan ${digest.slice(0, 16)} · ${line}`
}

function decisionButtons(operation: Operation): readonly Button[] {
  const { headline } = operation.plan
  return [
    operationButton({
      ...{ action: 'approve', label: 'Approve…', operation, style: 'primary' },
      says: `Approve: ${headline}`,
    }),
    operationButton({
      ...{ action: 'deny', label: 'Deny…', operation, style: 'danger' },
      says: `Deny: ${headline}`,
    }),
    operationButton({ action: 'cancel', label: 'Cancel', operation, says: `Cancel: ${headline}` }),
  ]
}

type Unrun = Extract<OperationState, 'denied' | 'expired' | 'cancelled' | 'stale' | 'revoked'>

interface UnrunWords {
  /** On a lock screen, before the headline. */
  readonly text: string
  readonly word: string
  /** Where the operation itself does not say why. */
  readonly why: string
}

const ENDED: Readonly<Record<Unrun, UnrunWords>> = {
  denied: { text: 'Denied, nothing was done', word: 'Denied, nothing was done', why: '' },
  expired: {
    text: 'Expired, nothing was done',
    word: 'Expired, nothing was done',
    why: 'Its time was over before it could begin.',
  },
  cancelled: {
    text: 'Cancelled, nothing was done',
    word: 'Cancelled, nothing was done',
    why: 'It was taken back before it began.',
  },
  stale: {
    text: 'Not done, the platform has changed',
    word: 'Not done',
    why: 'The platform has changed since: the plan would be another one now.',
  },
  revoked: {
    text: 'Not done, it may not be done any more',
    word: 'Not done',
    why: 'Somebody’s role or membership was taken away.',
  },
}

/** It ended before any step was begun. */
export function isUnrun({ state, steps }: Operation): boolean {
  return state in ENDED && steps.every((step) => step.intentAt === null)
}

/** What became of it, and who decided. Nothing was done, so there is nothing to undo. */
export function decidedCard({ operation, names }: CardFacts, whole = false): Answer {
  const { plan, state, requester, reviews, outcome, code, ref, line } = operation
  const { text: said, word, why } = ENDED[state as Unrun]
  const by = reviews.map((review) => {
    const verdict = review.verdict === 'approve' ? 'approved' : 'denied'
    return text`${nameOf(names, review)} ${verdict} it${review.reason === null ? '' : `: ${review.reason}`}`
  })
  const decider = state === 'denied' ? reviews.at(-1) : undefined
  const who = decider === undefined ? '' : ` By ${nameOf(names, decider)}.`
  const ending = code === null ? '' : ` · ${code} · ref ${ref}`
  return {
    kind: 'approval',
    audience: 'channel',
    text: `${said}: ${plan.headline}.${who}`,
    blocks: [
      section(text`${bold(`${word}.`)} ${plan.headline}. ${outcome ?? why}`),
      ...(by.length > 0 && !whole ? [section(join(by))] : []),
      ...(state === 'expired'
        ? actions(commandButton({ action: 'run', label: 'Ask for it again', line }))
        : []),
      ...(whole ? [] : [context(`Asked by ${nameOf(names, requester)}. ${digestLine(operation)}${ending}`)]),
    ],
  }
}
