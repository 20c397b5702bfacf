import {
  actions,
  ago,
  bold,
  code,
  commandButton,
  context,
  count,
  header,
  join,
  localTime,
  type Markup,
  operationButton,
  preformatted,
  section,
  text,
} from '../../blocks/builders.ts'
import { fullPaths } from '../../blocks/plan.ts'
import type { Block } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Freeze, Operation, OperationState, Override } from '../../core/operation.ts'
import { digestLine, nameOf } from './card.ts'
import { stepSentence } from './steps.ts'
import { cardOf } from './voice.ts'

export interface Named {
  /** Slack id → what the person is called. */
  readonly names: ReadonlyMap<string, string>
  readonly zone: string
  readonly now: Date
}

const WORDS: Readonly<Record<OperationState, string>> = {
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

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The whole history of one operation: what its card shows, who decided, and each step with its writes. */
export function operationShown(operation: Operation, named: Named): Answer {
  const { names, zone } = named
  const card = cardOf({ operation, names }, zone)
  return {
    ...card,
    text: `Operation ${operation.id} ${WORDS[operation.state]}: ${operation.plan.headline}.`,
    blocks: [...card.blocks, ...history(operation, named)],
  }
}

function history(operation: Operation, named: Named): readonly Block[] {
  const decisions = decisionLines(operation, named)
  return [
    section(join([bold('Who decided'), ...decisions])),
    ...stepBlocks(operation, named),
    ...fieldBlocks(operation),
    context(`${digestLine(operation)} · ref ${operation.ref}`),
  ]
}

function decisionLines(operation: Operation, { names, zone }: Named): readonly Markup[] {
  const { requester, reason, createdAt, expiresAt, settledAt, state, reviews, breakGlass, keptBy } = operation
  const at = (moment: string) => localTime(new Date(moment), zone)
  const why = reason === null ? '' : `: ${reason}`
  return [
    text`• ${nameOf(names, requester)} asked for it, ${at(createdAt)}${why}`,
    ...reviews.map((review) => {
      const said = review.verdict === 'approve' ? 'approved it' : 'denied it'
      const because = review.reason === null ? '' : `: ${review.reason}`
      return text`• ${nameOf(names, review)} ${said}, ${at(review.at)}${because}`
    }),
    ...(breakGlass === null ? [] : [breakGlassLine(breakGlass)]),
    ...(keptBy === null ? [] : [text`• ${names.get(keptBy) ?? keptBy} said that it may stay`]),
    settledAt === null
      ? text`• It is ${WORDS[state]}; it can begin until ${at(expiresAt)}`
      : text`• It ended as ${WORDS[state]}, ${at(settledAt)}`,
  ]
}

function breakGlassLine({ reason, reviewedBy }: NonNullable<Operation['breakGlass']>): Markup {
  const seen = reviewedBy === null ? 'nobody has reviewed it yet' : `${reviewedBy} has reviewed it`
  return text`• It ran without a second person: ${reason}; ${seen}`
}

/** What changes goes by short names on a card; here is where exactly it is. */
function fieldBlocks({ plan }: Operation): readonly Block[] {
  const paths = fullPaths(plan.differences ?? [], MOST_FIELDS)
  return paths.length === 0 ? [] : [section(bold('Fields')), preformatted(paths)]
}

const MOST_FIELDS = 40
const STEPS_PER_BLOCK = 8

function stepBlocks({ steps }: Operation, { zone }: Named): readonly Block[] {
  const lines = steps.map(({ n, step, state, says, auditIds, settledAt }) => {
    const when = settledAt === null ? '' : `, ${localTime(new Date(settledAt), zone)}`
    const ids = auditIds.length === 0 ? '' : text` Audit-Id ${join(auditIds.map(code), ' ')}`
    return text`${n + 1}. ${stepSentence(step)}: ${state}${when}. ${says ?? ''}${ids}`
  })
  return Array.from({ length: Math.ceil(lines.length / STEPS_PER_BLOCK) }, (_, index) =>
    section(
      join([
        ...(index === 0 ? [bold('Steps')] : []),
        ...lines.slice(index * STEPS_PER_BLOCK, (index + 1) * STEPS_PER_BLOCK),
      ]),
    ),
  )
}

export interface ToDecide {
  /** That wait for this person's approval. */
  readonly awaiting: readonly Operation[]
  /** That were done without a second person, and nobody else has looked at. */
  readonly unreviewed: readonly Operation[]
  /** Whose end nobody could find out. */
  readonly unresolved: readonly Operation[]
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
        ...actions(
          showButton(operation),
          commandButton({ action: 'run', label: 'I have reviewed it', line: `ops review ${operation.id}` }),
        ),
      ]),
    ],
  }
}

function until({ expiresAt }: Operation, { zone }: Named): string {
  return localTime(new Date(expiresAt), zone)
}

function showButton({ id }: Operation) {
  return commandButton({ action: 'run', label: 'Show', line: `ops show ${id}` })
}

/** What was taken out of git's care, and what stops changes. */
export function overridesList(
  { overrides, freezes }: { overrides: readonly Override[]; freezes: readonly Freeze[] },
  { names, zone, now }: Named,
): Answer {
  const name = (user: string) => names.get(user) ?? user
  const headline = `${count(overrides.length, 'override')}, ${count(freezes.length, 'freeze')}.`
  return {
    kind: 'table',
    audience: 'channel',
    text: `Overrides and freezes: ${headline}`,
    blocks: [
      section(bold(headline)),
      ...overrides.map(({ target, says, owner, until: end, operation, resumedBy }) =>
        section(
          text`${bold(target)}: ${says}. By ${name(owner)}, ends ${localTime(new Date(end), zone)} (${ago(new Date(end), now)})${resumedBy === null ? '' : `, being given back by ${resumedBy}`}.`,
          commandButton({ action: 'run', label: 'Show', line: `ops show ${operation}` }),
        ),
      ),
      ...freezes.map((freeze) => section(freezeSentence(freeze, name(freeze.by), zone))),
      context(`Seen ${localTime(now, zone)}.`),
    ],
  }
}

/** `Changes of orders-service are frozen until … by ana: Christmas sales.` */
export function freezeSentence({ target, until: end, reason }: Freeze, by: string, zone: string): string {
  const what = target === null ? 'All changes are' : `Changes of ${target} are`
  const when = end === null ? 'until somebody ends it' : `until ${localTime(new Date(end), zone)}`
  return `${what} frozen ${when}, by ${by}: ${reason}.`
}
