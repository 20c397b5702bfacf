import {
  actions,
  bold,
  context,
  divider,
  header,
  localTime,
  operationButton,
  section,
  sentence,
  text,
} from '../blocks/builders.ts'
import type { Block } from '../blocks/types.ts'
import type { HomeFacts } from '../core/home.ts'
import type { Operation, Override } from '../core/operation.ts'
import { failureSentence } from './operations/overrides.ts'

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
    ...listed(facts.toDecide, 'Nothing waits for your decision.', (one) => decision(one, facts, zone)),
    section(bold('Yours, under way')),
    ...listed(facts.own, 'Nothing that you asked for is under way.', (one) => own(one, facts)),
    section(bold('Suspended by you')),
    ...listed(facts.overrides, 'Git is followed everywhere.', (one) => [
      section(suspended(one, facts, zone)),
    ]),
    context('/bakery in a channel shows what you can do there. This page is as of the moment you opened it.'),
  ]
}

function listed<Item>(
  items: readonly Item[],
  none: string,
  show: (item: Item) => readonly Block[],
): readonly Block[] {
  return items.length === 0 ? [context(none)] : items.flatMap(show)
}

function decision(operation: Operation, { names, channels }: HomeFacts, zone: string): readonly Block[] {
  const { plan, requester, channel, expiresAt, reason } = operation
  const by = names.get(requester.user) ?? requester.person
  const why = reason === null ? '' : ` Why: ${reason}.`
  const until = localTime(new Date(expiresAt), zone)
  return [
    section(
      text`${bold(plan.headline)}. Asked by ${by} in ${place(channels, channel)}, until ${until}.${why}`,
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
