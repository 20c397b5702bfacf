import type { Board } from '../faults/board.ts'
import type { Message } from '../slack/messages.ts'
import type { PracticeSlack } from '../slack/start.ts'
import type { Change, State } from '../slack/state.ts'
import { type Step, stepsOf } from './steps.ts'

/** A step as the page shows it. */
export interface TourStep extends Omit<Step, 'happened'> {
  /** `Marco Molina` and `#operations`. */
  readonly who: string
  readonly where: string
  /** Null: its turn has not come. */
  readonly how: 'done' | 'skipped' | null
}

export interface TourState {
  readonly begun: boolean
  /** How many steps are over; the next one is the one to do. */
  readonly done: number
  readonly steps: readonly TourStep[]
}

/** The tour of a world: its steps in order, ticked by what really happens and not by being read. Kept for as long as the world. */
export interface Tour {
  state(): TourState
  /** From the first step. What happened before this resolves does not count. */
  begin(): Promise<void>
  /** Leaves the next step out. */
  skip(): Promise<void>
  stop(): void
}

/** Follows the tour. The step that comes next is ticked when it happens; the ones after it wait for their turn. */
export function createTour(slack: PracticeSlack, board: Board | null = null): Tour {
  const steps = stepsOf(board)
  const news = createNews(slack)
  const over: ('done' | 'skipped')[] = []
  let begun = false
  let turn: Promise<void> = Promise.resolve()

  const pass = (how: 'done' | 'skipped') => {
    over.push(how)
    slack.state.changed({ type: 'tour' })
  }
  /** One thing can end one step; what is so already ends the ones after it as well. */
  const happened = (message: Message | null) => {
    if (!begun || steps[over.length]?.happened({ message, board }) !== true) return
    pass('done')
    happened(null)
  }
  const look = async (change: Change) => {
    for (const message of [null, ...(await news.of(change))]) happened(message)
  }
  /** In the order in which it came; a channel that cannot be read ticks nothing. */
  const inTurn = (work: () => Promise<void> | void): Promise<void> => {
    turn = turn.then(work).catch(() => undefined)
    return turn
  }
  const stop = slack.subscribe((change) => {
    if (change.type !== 'tour') inTurn(() => look(change))
  })
  return {
    state: () => ({
      begun,
      done: over.length,
      steps: steps.map((step, index) => present(slack.state, step, over[index] ?? null)),
    }),
    begin: () =>
      inTurn(() => {
        begun = true
        over.length = 0
        slack.state.changed({ type: 'tour' })
      }),
    skip: () =>
      inTurn(() => {
        if (!begun || over.length >= steps.length) return
        pass('skipped')
        happened(null)
      }),
    stop: () => void stop(),
  }
}

function present(state: State, { happened: _, ...step }: Step, how: TourStep['how']): TourStep {
  return {
    ...step,
    who: state.people.get(step.as)?.realName ?? step.as,
    where: `#${state.channels.get(step.channel)?.name ?? step.channel}`,
    how,
  }
}

/** What the bot has said since it was last looked at: new messages, and those that read differently now. */
function createNews(slack: PracticeSlack) {
  const known = new Map<string, string>()
  const isNew = (message: Message): boolean => {
    const key = `${message.channel} ${message.ts}`
    const says = JSON.stringify([message.text, message.blocks])
    if (known.get(key) === says) return false
    known.set(key, says)
    return true
  }
  return {
    async of({ type, channel, person }: Change): Promise<readonly Message[]> {
      if (type !== 'message' && type !== 'ephemeral') return []
      const there =
        person === undefined ? await slack.messages(channel ?? '') : slack.ephemerals(person, channel)
      return there.filter((message) => message.user === slack.state.bot.id && isNew(message))
    },
  }
}
