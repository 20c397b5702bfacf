import {
  actions,
  bold,
  code,
  commandButton,
  context,
  join,
  localTime,
  operationButton,
  section,
  text,
} from '../../blocks/builders.ts'
import type { Block, Button } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Operation, OperationState } from '../../core/operation.ts'
import type { CardFacts } from '../../core/ports/operations.ts'
import { objectName } from '../../core/steps.ts'
import { isReversible, loggedWorkload, stepLines } from './steps.ts'

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

/** How an operation ended, with what proves it. The text alone says the state and the target. */
export function result({ operation, names, zone }: CardFacts & { readonly zone: string }): Answer {
  const { plan, state, outcome, undoneBy } = operation
  const says = isEnded(state) ? SAYS[state] : state
  const more = outcome === null ? '' : ` ${outcome}`
  const undone = undoneBy === null ? '' : ` It is undone by ${undoneBy}.`
  return {
    kind: 'result',
    audience: 'channel',
    text: `${says}: ${plan.headline}.${more}${undone}`,
    blocks: [
      section(text`${bold(`${says}.`)} ${plan.headline}.${undone}`),
      ...(outcome === null || isSaidByItsStep(operation) ? [] : [section(outcome)]),
      section(stepLines(operation)),
      ...confirmation(operation, zone),
      ...actions(...buttons(operation)),
      ...proof(operation),
      context(ending(operation, names)),
    ],
  }
}

/** The one step says the same below, with what was done. */
function isSaidByItsStep({ steps, outcome }: Operation): boolean {
  const [only] = steps
  return steps.length === 1 && !!only?.says && outcome === `${objectName(only.step.ref)}: ${only.says}.`
}

function ending({ id, requester, code: why, ref }: Operation, names: CardFacts['names']): string {
  const by = names.get(requester.user) ?? requester.person
  const because = why === null ? '' : ` ${why} · ref ${ref}`
  return `Asked for by ${by}. Operation ${id}.${because}`
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

function confirmation(operation: Operation, zone: string): readonly Block[] {
  if (!waitsForWord(operation) || operation.confirmUntil === null) return []
  const until = localTime(new Date(operation.confirmUntil), zone)
  return [section(text`${bold('It is undone by itself')} at ${until} unless somebody says that it may stay.`)]
}

function buttons(operation: Operation): readonly Button[] {
  const { id, plan, state } = operation
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
  found.push(commandButton({ action: 'refresh', label: 'Refresh', line: `ops show ${id}` }))
  return found
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
