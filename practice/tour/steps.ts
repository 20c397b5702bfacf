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
  readonly words: string
  /** Who does it, where, and the line to send; null: it is done in the panel. */
  readonly as: string
  readonly channel: string
  readonly line: string | null
  /** The fault of the panel that the step is about. */
  readonly fault?: string
  happened(what: Happened): boolean
}

/** What kind of answer a message is: Bakery's blocks say it (`bakery:health:…`). */
function isAnswer(message: Message | null, kind: string): message is Message {
  const start = `bakery:${kind}:`
  return message?.blocks.some(({ block_id: id }) => typeof id === 'string' && id.startsWith(start)) ?? false
}

const OPERATIONS = 'C0OPERATIONS'
const STOPPED = 'database-stopped'
const broken = (board: Board | null) =>
  board?.list().some(({ name, since }) => name === STOPPED && since !== null) ?? false

const FIRST: readonly Step[] = [
  {
    title: 'Ask how everything is',
    words:
      'You are Marco, on call. One message says what is wrong first; “unknown” means that nobody could ask, never that all ' +
      'is well. The details stand in its thread.',
    as: 'U0MARCO',
    channel: OPERATIONS,
    line: '/bakery health',
    happened: ({ message }) => isAnswer(message, 'health'),
  },
  {
    title: 'Read a log',
    words:
      'The logs of all pods of a service, merged by time and freed of secrets. You alone see them, until you share them.',
    as: 'U0MARCO',
    channel: OPERATIONS,
    line: '/bakery logs orders --since 15m',
    happened: ({ message }) => isAnswer(message, 'logs'),
  },
]

const BREAKING: readonly Step[] = [
  {
    title: 'Break something',
    words: 'Open “Break it” and stop the database of the orders.',
    as: 'U0MARCO',
    channel: OPERATIONS,
    line: null,
    fault: STOPPED,
    happened: ({ board }) => broken(board),
  },
  {
    title: 'See what follows from it',
    words:
      'Ask again after some seconds. The database is what is wrong; the service that fails, the alert that fires and the ' +
      'queue that grows follow from it. Each has a button for the next step.',
    as: 'U0MARCO',
    channel: OPERATIONS,
    line: '/bakery health',
    happened: ({ message, board }) =>
      broken(board) && isAnswer(message, 'health') && JSON.stringify(message.blocks).includes('orders-db'),
  },
  {
    title: 'Mend it',
    words:
      'Mend it in the panel. The queue is worked off within a minute or two: ask again whenever you like.',
    as: 'U0MARCO',
    channel: OPERATIONS,
    line: null,
    fault: STOPPED,
    happened: ({ board }) => board !== null && !broken(board),
  },
]

const LAST: readonly Step[] = [
  {
    title: 'Be refused',
    words:
      'You are Vera, a viewer. She may look and not change who may do what: the refusal says which rule, and what she can do.',
    as: 'U0VERA',
    channel: OPERATIONS,
    line: '/bakery roles grant @aude viewer',
    happened: ({ message }) => isAnswer(message, 'refusal'),
  },
  {
    title: 'Change something',
    words:
      'You are Ana, an admin. Aude gets the role viewer here for an hour; it ends by itself. #security hears of it, and the ' +
      'answer carries the way back.',
    as: 'U0ANA',
    channel: OPERATIONS,
    line: '/bakery roles grant @aude viewer --for 1h',
    happened: ({ message }) => isAnswer(message, 'result') && /viewer/.test(message.text),
  },
  {
    title: 'Ask the audit log',
    words:
      'You are Aude, the auditor. Everything that you did stands there: who, what, where, allowed or refused, and the ' +
      'reference that the answer ended with. The log is a chain that can be verified.',
    as: 'U0AUDE',
    channel: 'C0SECURITY',
    line: '/bakery audit search --since 1h',
    happened: ({ message }) => isAnswer(message, 'table') && message.text.startsWith('Audit log'),
  },
]

/** About ten minutes: first health, first log, first trouble, first refusal, first change, what the audit says. */
export const stepsOf = (canBreak: boolean): readonly Step[] => [
  ...FIRST,
  ...(canBreak ? BREAKING : []),
  ...LAST,
]
