import {
  actions,
  bold,
  capital,
  code,
  commandButton,
  context,
  join,
  localTime,
  operationButton,
  section,
  sentence,
  text,
} from '../../blocks/builders.ts'
import type { Block, Button } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Operation, OperationState } from '../../core/operation.ts'
import type { CardFacts } from '../../core/ports/operations.ts'
import { objectName } from '../../core/steps.ts'
import { reviewButton } from './listing.ts'
import { isReversible, loggedWorkload, stepLines } from './steps.ts'
import { whose } from './whose.ts'

type Ended = Extract<
  OperationState,
  'succeeded' | 'failed' | 'stale' | 'revoked' | 'cancelled' | 'expired' | 'denied' | 'needs-human'
>

const SAYS: Readonly<Record<Ended, string>> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  stale: 'Not done: the platform has changed',
  revoked: 'Not done: it may not be done any more',
  cancelled: 'Cancelled',
  expired: 'Expired',
  denied: 'Denied',
  'needs-human': 'Somebody has to look',
}

function isEnded(state: OperationState): state is Ended {
  return state in SAYS
}

/**
 * How an operation ended, with what proves it. The text alone says the state, the target and what is still to come. `whole`:
 * its steps and who decided stand below it.
 */
export function result(
  { operation, names, zone }: CardFacts & { readonly zone: string },
  whole = false,
): Answer {
  const { plan, state } = operation
  const says = isEnded(state) ? SAYS[state] : state
  const more = outcomeOf(operation)
  const after = afterwards(operation, zone)
  const [only] = operation.steps
  const said = more ?? (operation.steps.length === 1 && only?.says ? `${capital(only.says)}.` : null)
  return {
    kind: 'result',
    audience: 'channel',
    text: [`${says}: ${plan.headline}.`, said, after].filter((words) => words !== null).join(' '),
    blocks: [
      section(text`${bold(`${says}.`)} ${plan.headline}.`),
      ...(more === null ? [] : [section(more)]),
      ...(whole ? [] : [section(stepLines(operation))]),
      ...(after === null ? [] : [section(bold(after))]),
      ...actions(...buttons(operation)),
      ...(whole ? [] : [...proof(operation), context(ending(operation, names))]),
    ],
  }
}

/** What is said of it besides what its steps say; null: nothing. */
function outcomeOf({ steps, outcome }: Operation): string | null {
  if (outcome === null) return null
  const said = steps
    .filter((one) => one.says !== null)
    .map((one) => `${objectName(one.step.ref)}: ${one.says}`)
  return outcome === `${said.join('; ')}.` || said.some((one) => outcome === `${one}.`) ? null : outcome
}

function ending(operation: Operation, names: CardFacts['names']): string {
  const { code: why, ref } = operation
  return `${whose(operation, names)}${why === null ? '' : ` ${why} · ref ${ref}`}`
}

/** The API server's own ids of the writes: they are found in its audit log. */
function proof({ steps }: Operation): readonly Block[] {
  const ids = steps.flatMap(({ auditIds }) => auditIds)
  if (ids.length === 0) return []
  const shown = ids.slice(-3).map((id) => code(id))
  const left = ids.length - shown.length
  return [
    context(
      join([ids.length === 1 ? 'Audit-Id' : 'Audit-Ids', ...shown, ...(left > 0 ? [`+${left}`] : [])], ' '),
    ),
  ]
}

function waitsForWord({ state, confirmUntil, keptBy, undoneBy }: Operation): boolean {
  return state === 'succeeded' && confirmUntil !== null && keptBy === null && undoneBy === null
}

/** What happens later, or has happened since; null: nothing. */
function afterwards(operation: Operation, zone: string): string | null {
  const { confirmWithinSeconds, confirmUntil, undoneBy, plan, state, steps } = operation
  if (undoneBy !== null) return `Operation ${undoneBy} undoes it.`
  if (state === 'succeeded' && confirmWithinSeconds !== null && confirmUntil === null) {
    return isReversible(operation)
      ? 'Nobody kept it in time, and undoing it by itself did not come about: the operation that tried says why. It can still be undone.'
      : 'Nobody kept it in time, and nothing can take it back: it stays as it is.'
  }
  if (waitsForWord(operation) && confirmUntil !== null) {
    return `It is undone by itself at ${localTime(new Date(confirmUntil), zone)} unless somebody keeps it.`
  }
  const began = steps[0]?.intentAt
  if (plan.resume === undefined || began == null || state !== 'succeeded') return null
  const at = new Date(Date.parse(began) + plan.resume.afterSeconds * 1000)
  return `${sentence(plan.resume.says)} That is at ${localTime(at, zone)}.`
}

function buttons(operation: Operation): readonly Button[] {
  const { id, plan, state, undoneBy } = operation
  const workload = loggedWorkload(operation)
  const found: Button[] = []
  if (waitsForWord(operation)) {
    const says = `Keep: ${plan.headline}`
    found.push(operationButton({ action: 'confirm', label: 'Keep it', operation, style: 'primary', says }))
  }
  if (state !== 'needs-human' && isReversible(operation)) {
    found.push(operationButton({ action: 'undo', label: 'Undo', operation, says: `Undo: ${plan.headline}` }))
  }
  if (state === 'needs-human') {
    found.push(
      commandButton({ action: 'run', label: 'It succeeded', line: `ops resolve ${id} succeeded` }),
      commandButton({ action: 'run', label: 'It failed', line: `ops resolve ${id} failed` }),
    )
  }
  if (workload !== null && (state === 'failed' || state === 'succeeded' || state === 'needs-human')) {
    found.push(commandButton({ action: 'logs', label: 'Show logs', line: `logs ${workload}` }))
  }
  if (state === 'failed' && workload !== null && isRolledOut(operation)) {
    found.push(commandButton({ action: 'run', label: 'Roll back…', line: `rollback ${workload}` }))
  }
  if (operation.breakGlass?.reviewedBy === null) found.push(reviewButton(operation))
  if (undoneBy !== null) {
    found.push(commandButton({ action: 'run', label: 'Show what undoes it', line: `ops show ${undoneBy}` }))
  }
  found.push(commandButton({ action: 'refresh', label: 'Refresh', line: `ops show ${id}` }))
  return found
}

/** New pods were to come up: an earlier revision is the way back where they do not. */
function isRolledOut({ plan }: Operation): boolean {
  return plan.steps.some(({ kind }) => kind === 'restart' || kind === 'rollback')
}

/** Told in the thread when the figures after a change are worse than before it. */
export function worse(facts: {
  operation: Operation
  worse: readonly { readonly name: string; readonly says: string }[]
  undoing: boolean
  canUndo: boolean
}): Answer {
  const { operation, undoing, canUndo } = facts
  const list = facts.worse.map(({ name, says }) => `${name}: ${says}`).join('; ')
  const what = undoing
    ? 'Nobody had confirmed it yet, so it is being undone.'
    : canUndo
      ? 'It can be undone.'
      : 'It cannot be undone by Bakery.'
  const sentence = `Worse since “${operation.plan.headline}”: ${list}. ${what}`
  const undo = operationButton({
    action: 'undo',
    label: 'Undo',
    operation,
    says: `Undo: ${operation.plan.headline}`,
  })
  return {
    kind: 'alert',
    audience: 'channel',
    text: sentence,
    blocks: [section(sentence), ...actions(...(canUndo && !undoing ? [undo] : []))],
  }
}
