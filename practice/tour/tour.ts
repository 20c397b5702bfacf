import type { Board } from '../faults/board.ts'
import type { Message } from '../slack/messages.ts'
import type { PracticeSlack } from '../slack/start.ts'
import type { Change } from '../slack/state.ts'
import { type Step, stepsOf } from './steps.ts'

export interface TourStep extends Omit<Step, 'happened'> {
  readonly done: boolean
}

/** The tour of a world: its steps in order, ticked by what really happens and not by being read. */
export interface Tour {
  steps(): readonly TourStep[]
  /** All steps again. */
  restart(): void
  stop(): void
}

/** Follows the tour. The step that comes next is ticked when it happens; the ones after it wait for their turn. */
export function createTour(slack: PracticeSlack, board: Board | null = null): Tour {
  const steps = stepsOf(board?.list().some(({ name }) => name === 'database-stopped') ?? false)
  let done = 0
  let after = now()
  let turn: Promise<unknown> = Promise.resolve()

  const look = async (change: Change): Promise<void> => {
    const messages = await said(slack, change, after)
    for (const message of [null, ...messages]) {
      const step = steps[done]
      if (step?.happened({ message, board }) !== true) continue
      done += 1
      after = message === null ? now() : message.ts
      slack.state.changed({ type: 'tour' })
    }
  }
  const stop = slack.subscribe((change) => {
    if (change.type === 'tour' || done === steps.length) return
    turn = turn.then(() => look(change)).catch(() => undefined)
  })
  return {
    steps: () => steps.map(({ happened: _, ...step }, index) => ({ ...step, done: index < done })),
    restart() {
      done = 0
      after = now()
      slack.state.changed({ type: 'tour' })
    },
    stop: () => void stop(),
  }
}

const now = () => String(Date.now() / 1000)

/** What the bot has said in the place of a change since a time: for all or, where one person is concerned, for them. */
async function said(
  slack: PracticeSlack,
  { type, channel, person }: Change,
  since: string,
): Promise<Message[]> {
  if (type !== 'message' && type !== 'ephemeral') return []
  const there = person === undefined ? await slack.messages(channel ?? '') : slack.ephemerals(person, channel)
  const isNew = ({ ts, edited }: Message) => edited || Number(ts) >= Number(since)
  return there.filter((message) => message.user === slack.state.bot.id && isNew(message))
}
