import type { Board } from '../faults/board.ts'
import type { Message } from '../slack/messages.ts'

/** What a step is ticked by. */
export interface Happened {
  /** A message that the bot has just said (or changed), null when something else happened. */
  readonly message: Message | null
  readonly board: Board | null
}

export interface Step {
  readonly title: string
  /** What to do, and why. */
  readonly words: string
  /** What one has just seen, said once the step is done. */
  readonly seen: string
  /** Who does it and where: ids. */
  readonly as: string
  readonly channel: string
  /** The line to send; null: it is done in the panel. */
  readonly line: string | null
  /** The fault of the panel that the step is about. */
  readonly fault: string | null
  happened(what: Happened): boolean
}

/** Whether a message is an answer of this kind: the ids of Bakery's blocks say so (`bakery:health:…`). */
function isAnswer(message: Message | null, kind: string): message is Message {
  const start = `bakery:${kind}:`
  return message?.blocks.some(({ block_id: id }) => typeof id === 'string' && id.startsWith(start)) ?? false
}

const OPERATIONS = 'C0OPERATIONS'
const SECURITY = 'C0SECURITY'
const STOPPED = 'database-stopped'
const stateOf = (board: Board | null) => board?.list().find(({ name }) => name === STOPPED)
const isBroken = (board: Board | null) => typeof stateOf(board)?.since === 'string'

const LOOKING: readonly Step[] = [
  {
    title: 'Ask how everything is',
    words: 'Marco is on call. He asks for the state of the whole platform.',
    seen:
      'One message, and what is wrong comes first. “Unknown” means that nobody could ask, never that all is well. The ' +
      'details stand in its thread.',
    ...{ as: 'U0MARCO', channel: OPERATIONS, line: '/bakery health', fault: null },
    happened: ({ message }) => isAnswer(message, 'health'),
  },
  {
    title: 'Read a log',
    words: 'He reads what the orders service said in the last quarter of an hour.',
    seen:
      'The lines of all its pods, merged by time and freed of secrets. Only Marco sees them, until he shares them with the ' +
      'channel.',
    ...{ as: 'U0MARCO', channel: OPERATIONS, line: '/bakery logs orders --since 15m', fault: null },
    happened: ({ message }) => isAnswer(message, 'logs'),
  },
]

const BREAKING: readonly Step[] = [
  {
    title: 'Break something',
    words: 'Open “Break it” and stop the database of the orders.',
    seen: 'orders-db refuses everybody now. Bakery does not hear of this panel: it finds out by asking.',
    ...{ as: 'U0MARCO', channel: OPERATIONS, line: null, fault: STOPPED },
    happened: ({ board }) => isBroken(board),
  },
  {
    title: 'See what follows from it',
    words: 'Marco asks again. Wait some seconds first, or ask twice: trouble needs time to spread.',
    seen:
      'orders-db is what is wrong. The service that fails, the alert that fires and the queue that grows follow from it, and ' +
      'each has a button for the next step.',
    ...{ as: 'U0MARCO', channel: OPERATIONS, line: '/bakery health', fault: null },
    happened: ({ message, board }) =>
      isBroken(board) && isAnswer(message, 'health') && JSON.stringify(message.blocks).includes('orders-db'),
  },
  {
    title: 'Mend it',
    words: 'Mend the database in the panel.',
    seen: 'It has all its data. The queue is worked off within a minute or two; ask again whenever you like.',
    ...{ as: 'U0MARCO', channel: OPERATIONS, line: null, fault: STOPPED },
    happened: ({ board }) => !isBroken(board),
  },
]

const REFUSAL: Step = {
  title: 'Be refused',
  words: 'Vera is a viewer: she may look, and change nothing. She tries it anyway.',
  seen:
    'The refusal names the rule, who could do it, and a reference, and can ask them. Nobody else saw it, but it is recorded ' +
    'like everything else.',
  ...{ as: 'U0VERA', channel: OPERATIONS, line: '/bakery restart orders', fault: null },
  happened: ({ message }) => isAnswer(message, 'refusal'),
}

const succeeded = (message: Message | null, target: string) =>
  isAnswer(message, 'result') && message.text.startsWith('Succeeded') && message.text.includes(target)

/** What one person confirms alone, and what needs a second one. */
const CHANGING: readonly Step[] = [
  {
    title: 'Change something',
    words:
      'Marco restarts the orders service. Bakery first shows him what would happen: read it, and click “Do it”.',
    seen:
      'One message followed the change until it was read back: it says what proves it, and it was planned again just before ' +
      'it ran. What had changed in between would have stopped it.',
    ...{ as: 'U0MARCO', channel: OPERATIONS, line: '/bakery restart orders', fault: null },
    happened: ({ message }) => succeeded(message, 'orders-service'),
  },
  {
    title: 'Ask for a second pair of eyes',
    words: 'He restarts a database, which cuts every connection to it. That needs another person.',
    seen: 'The card stands in the channel: what would be done, why, by whom, until when. Marco cannot approve it himself.',
    ...{ as: 'U0MARCO', channel: OPERATIONS },
    ...{ line: '/bakery restart auth-db --reason "It keeps too much memory"', fault: null },
    happened: ({ message }) => isAnswer(message, 'approval') && message.text.includes('auth-db'),
  },
  {
    title: 'Approve it as somebody else',
    words: 'Ana is an admin. She asks what waits for her, clicks “Approve…”, chooses “Approve”, and decides.',
    seen: 'It ran once, and the card is gone: nobody can approve it again. The result says who asked and how it ended.',
    ...{ as: 'U0ANA', channel: OPERATIONS, line: '/bakery approvals', fault: null },
    happened: ({ message }) => succeeded(message, 'auth-db'),
  },
]

const AUDIT: Step = {
  title: 'Ask the audit log',
  words: 'Aude is the auditor. She asks in #security what was done in the last hour.',
  seen:
    'Everything that you did stands there: who, what, where, allowed or refused, with the reference that the answer ended ' +
    'with. The rows are a chain: none can be changed or left out unseen.',
  ...{ as: 'U0AUDE', channel: SECURITY, line: '/bakery audit search --since 1h --limit 60', fault: null },
  happened: ({ message }) => isAnswer(message, 'table') && message.text.startsWith('Audit log'),
}

/** About ten minutes: first health, first log, first trouble, first refusal, first change, first approval, what the audit says. */
export const stepsOf = (board: Board | null): readonly Step[] => [
  ...LOOKING,
  ...(stateOf(board) === undefined ? [] : BREAKING),
  REFUSAL,
  ...CHANGING,
  AUDIT,
]
