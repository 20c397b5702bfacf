import { coerceError } from '../core/errors.ts'
import type { Freeze } from '../core/operation.ts'
import type { Due, OperationEngine, OperationReader } from '../core/ports/operations.ts'
import { freezeOf } from './standing.ts'
import { canUndo, resumePlan, undoPlan } from './undo.ts'

export interface DueOptions {
  readonly operations: Pick<OperationEngine, 'due' | 'follow' | 'stays'>
  readonly reader: Pick<OperationReader, 'freezes'>
  readonly now: () => Date
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
}

const AT_ONCE = 20

/**
 * Begins what time alone asks for: undoes what nobody has confirmed, gives back what was taken out of git's care. One that
 * cannot be begun keeps none of the others from it: it comes again.
 */
export async function followUp({ operations, reader, now, log }: DueOptions): Promise<void> {
  const found = await operations.due(AT_ONCE)
  const freezes = found.length === 0 ? [] : await reader.freezes()
  for (const due of found.filter((one) => !isFrozen(one, freezes, now().getTime()))) {
    try {
      const begun = await follow(operations, due)
      if (begun !== null) log.info({ due: due.kind, operation: begun }, 'what time asked for has begun')
    } catch (thrown) {
      const operation = 'override' in due ? due.override.operation : due.operation.id
      log.warn(
        { err: coerceError(thrown), due: due.kind, operation },
        'what time asks for could not be begun: it is tried again',
      )
    }
  }
}

/** A freeze holds it back; it comes again when the freeze has ended. */
function isFrozen(due: Due, freezes: readonly Freeze[], now: number): boolean {
  if (due.kind === 'unconfirmed') return freezeOf(freezes, due.operation, now) !== null
  if (due.kind === 'resume') return freezeOf(freezes, { plan: resumePlan(due.override) }, now) !== null
  return false
}

/** The id of what has begun; null: nothing had to, or it may not yet. */
async function follow(operations: DueOptions['operations'], due: Due): Promise<string | null> {
  switch (due.kind) {
    case 'expired':
    case 'remind':
    case 'stuck':
      return null
    case 'unconfirmed':
      if (canUndo(due.operation)) return undoByItself(operations, due.operation)
      await operations.stays(due.operation.id)
      return null
    case 'resume': {
      const { id, operation } = due.override
      const line = `overrides end ${operation}`
      const what = { command: 'overrides end', line, plan: resumePlan(due.override) }
      const begun = await operations.follow({ kind: 'resume', override: id }, what)
      return begun?.id ?? null
    }
  }
}

/** The recorded inverse of an operation that can be undone, approved with it. Null: somebody has begun it, or it has to wait. */
export async function undoByItself(
  operations: Pick<OperationEngine, 'follow'>,
  operation: Parameters<typeof undoPlan>[0],
): Promise<string | null> {
  const plan = undoPlan(operation)
  const { id } = operation
  const what = { command: 'ops undo', line: `ops undo ${id}`, plan }
  const begun = await operations.follow({ kind: 'undo', operation: id }, what)
  return begun?.id ?? null
}
