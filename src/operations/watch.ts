import type { Answer } from '../core/answer.ts'
import { coerceError } from '../core/errors.ts'
import type { Operation } from '../core/operation.ts'
import type { OperationEngine, OperationReader } from '../core/ports/operations.ts'
import { type Journal, type OutgoingMessage, PRIORITIES } from '../core/ports/records.ts'
import { undoByItself } from './due.ts'
import { type Health, healthBefore, type Worse, worsened } from './health.ts'
import { canUndo } from './undo.ts'

export interface WatchOptions {
  readonly reader: Pick<OperationReader, 'list'>
  readonly operations: Pick<OperationEngine, 'follow'>
  readonly note: Journal['note']
  readonly measure: (operation: Operation, since: Date, signal: AbortSignal) => Promise<Health | null>
  readonly thresholds: Parameters<typeof worsened>[2]
  readonly now: () => Date
  readonly views: {
    card(operation: Operation): Promise<Answer>
    worse(facts: {
      operation: Operation
      worse: readonly Worse[]
      undoing: boolean
      canUndo: boolean
    }): Answer
  }
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
}

/** How long after its success an operation is watched. */
const WATCH_MS = 10 * 60_000
/** Figures need a little time to say anything. */
const FIRST_LOOK_MS = 30_000
const MOST = 50

/**
 * Compares how the changed workloads are with how they were before, for ten minutes after each success, and says it once
 * when they are worse. What waits to be confirmed is undone at once then. Any process may do it: the message goes out once.
 */
export function createWatch(options: WatchOptions): (signal: AbortSignal) => Promise<void> {
  const told = new Set<string>()
  return async (signal) => {
    const succeeded = await options.reader.list({ states: ['succeeded'], limit: MOST })
    for (const operation of succeeded.filter((one) => isWatched(one, options.now()) && !told.has(one.id))) {
      if (await look(options, operation, signal)) told.add(operation.id)
    }
  }
}

function isWatched({ settledAt, undoneBy, follows }: Operation, now: Date): boolean {
  if (settledAt === null || undoneBy !== null || follows !== null) return false
  const age = now.getTime() - Date.parse(settledAt)
  return age >= FIRST_LOOK_MS && age <= WATCH_MS
}

/** Whether it was worse, and said. */
async function look(options: WatchOptions, operation: Operation, signal: AbortSignal): Promise<boolean> {
  const before = healthBefore(operation)
  if (before.length === 0 || operation.settledAt === null) return false
  const now = await options.measure(operation, new Date(operation.settledAt), signal)
  const worse = now === null ? [] : worsened(before, now, options.thresholds)
  if (worse.length === 0) return false
  const undoing = await undoEarly(options, operation)
  const facts = { operation, worse, undoing, canUndo: canUndo(operation) }
  const card = await options.views.card(operation)
  await options.note(
    noteOf(operation, worse),
    messagesOf(operation, { ...card, thread: [options.views.worse(facts)] }),
  )
  options.log.info({ operation: operation.id, worse }, 'the health is worse after an operation')
  return true
}

/** What somebody would still have to confirm does not wait for its time to be over. */
async function undoEarly(options: WatchOptions, operation: Operation): Promise<boolean> {
  if (operation.confirmUntil === null || operation.keptBy !== null || !canUndo(operation)) return false
  try {
    return (await undoByItself(options.operations, operation)) !== null
  } catch (thrown) {
    options.log.warn({ err: coerceError(thrown), operation: operation.id }, 'it could not be undone early')
    return false
  }
}

function messagesOf({ id, card }: Operation, answer: Answer): readonly OutgoingMessage[] {
  if (card === null) return []
  const destination = { to: 'update', of: card } as const
  return [{ key: `operation:${id}:worse`, destination, priority: PRIORITIES.incident, answer }]
}

function noteOf({ id, command, channel, plan, ref }: Operation, worse: readonly Worse[]) {
  return {
    ...{ kind: 'watch', command, channel, target: plan.target, decision: 'worse', code: null },
    payload: { operation: id, ref, worse },
  }
}
