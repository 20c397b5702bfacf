import {
  actions,
  bold,
  context,
  divider,
  header,
  localTime,
  type Markup,
  operationButton,
  section,
  sentence,
  text,
} from '../blocks/builders.ts'
import type { Block } from '../blocks/types.ts'
import type { HomeFacts } from '../core/home.ts'
import type { Operation, Override } from '../core/operation.ts'
import { reviewButton } from './operations/listing.ts'
import { failureSentence } from './operations/overrides.ts'
import { nameOf } from './operations/whose.ts'

const STATES: Partial<Readonly<Record<Operation['state'], string>>> = {
  planned: 'waits for your confirmation',
  awaiting: 'waits for approval',
  approved: 'begins in a moment',
  'needs-human': 'needs a person: nobody could find out how it ended',
}

/**
 * The app's home of one person. It has no channel of its own: each decision is taken in its operation's channel. Only buttons
 * of operations stand here, because a stored command line belongs to a message.
 */
export function home(facts: HomeFacts, zone: string): readonly Block[] {
  return [
    header('Bakery'),
    ...(facts.health === null ? [] : [section(facts.health)]),
    ...facts.missing.map((sentence) => section(sentence)),
    divider(),
    section(bold('To decide')),
    ...toDecide(facts, zone),
    section(bold('Yours, under way')),
    ...listed(facts.own, { none: 'Nothing that you asked for is under way.', most: MOST.own }, (one) =>
      own(one, facts),
    ),
    section(bold('Held back from git by you')),
    ...listed(facts.overrides, { none: 'You hold nothing back from git.', most: MOST.overrides }, (one) => [
      section(suspended(one, facts, zone)),
    ]),
    context('/bakery in a channel shows what you can do there. This page is as of the moment you opened it.'),
  ]
}

/** A view has room for 100 blocks: what is left out of each part is counted. */
const MOST = { awaiting: 10, unresolved: 5, unreviewed: 8, own: 12, overrides: 15 }

function listed<Item>(
  items: readonly Item[],
  { none, most }: { readonly none: string; readonly most: number },
  show: (item: Item) => readonly Block[],
): readonly Block[] {
  if (items.length === 0) return none === '' ? [] : [context(none)]
  const left = items.length - most
  return [...items.slice(0, most).flatMap(show), ...(left > 0 ? [context(`… and ${left} more.`)] : [])]
}

function toDecide(facts: HomeFacts, zone: string): readonly Block[] {
  const { awaiting, unresolved, unreviewed } = facts.toDecide
  if (awaiting.length + unresolved.length + unreviewed.length === 0) {
    return [context('Nothing waits for your decision.')]
  }
  return [
    ...listed(awaiting, { none: '', most: MOST.awaiting }, (one) => decision(one, facts, zone)),
    ...listed(unresolved, { none: '', most: MOST.unresolved }, (one) => [
      section(unresolvedLine(one, facts)),
    ]),
    ...listed(unreviewed, { none: '', most: MOST.unreviewed }, (one) => [
      section(unreviewedLine(one, facts)),
      ...actions(reviewButton(one)),
    ]),
  ]
}

function unresolvedLine(operation: Operation, facts: HomeFacts): Markup {
  const { plan, id, channel } = operation
  const where = place(facts.channels, channel)
  return text`${bold(plan.headline)} ${STATES['needs-human'] ?? ''}. Asked by ${askedBy(operation, facts)}. To look, and to say how it ended, in ${where}: /bakery ops show ${id}`
}

function unreviewedLine(operation: Operation, facts: HomeFacts): Markup {
  const { plan, id, channel, breakGlass } = operation
  const where = place(facts.channels, channel)
  return text`${bold(plan.headline)} ran without a second person, for ${askedBy(operation, facts)}: ${breakGlass?.reason ?? NO_REASON}. To look at it first, in ${where}: /bakery ops show ${id}`
}

const NO_REASON = 'no reason was given'

function askedBy({ requester }: Operation, { names }: HomeFacts): string {
  return nameOf(names, requester)
}

function decision(operation: Operation, facts: HomeFacts, zone: string): readonly Block[] {
  const { plan, channel, expiresAt, reason } = operation
  const why = reason === null ? '' : ` Why: ${reason}.`
  const until = localTime(new Date(expiresAt), zone)
  return [
    section(
      text`${bold(plan.headline)}. Asked by ${askedBy(operation, facts)} in ${place(facts.channels, channel)}, until ${until}.${why}`,
    ),
    ...actions(
      operationButton({
        action: 'approve',
        label: 'Approve…',
        operation,
        style: 'primary',
        says: `Approve: ${plan.headline}`,
      }),
      operationButton({ action: 'deny', label: 'Deny…', operation, says: `Deny: ${plan.headline}` }),
    ),
  ]
}

function own(operation: Operation, { channels }: HomeFacts): readonly Block[] {
  const { plan, state, channel } = operation
  return [
    section(text`${bold(plan.headline)} ${STATES[state] ?? 'is under way'}, in ${place(channels, channel)}.`),
    ...actions(
      operationButton({ action: 'cancel', label: 'Cancel', operation, says: `Cancel: ${plan.headline}` }),
    ),
  ]
}

/** A line of a command has no place here: it is typed in the channel where it belongs. */
function suspended(override: Override, { channels }: HomeFacts, zone: string): string {
  const { says, until, operation, channel, failure } = override
  const ends =
    failure === null ? `That is at ${localTime(new Date(until), zone)}.` : failureSentence(failure, zone)
  return `${sentence(says)} ${ends} To give it back now, in ${place(channels, channel)}: /bakery overrides end ${operation}`
}

function place(channels: HomeFacts['channels'], channel: string): string {
  return `#${channels.get(channel) ?? channel}`
}
