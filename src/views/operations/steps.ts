import { capital, join, type Markup, text } from '../../blocks/builders.ts'
import type { Operation, OperationStep, StepState } from '../../core/operation.ts'
import { objectName, type Step, type StepKind } from '../../core/steps.ts'

/** A sign, and the word that says the same. */
const STANDS: Readonly<Record<StepState, readonly [string, string]>> = {
  pending: ['○', 'Waits'],
  intent: ['●', 'Under way'],
  sent: ['●', 'Under way'],
  unknown: ['?', 'Outcome not seen'],
  absent: ['○', 'Not written'],
  done: ['✓', 'Done'],
  failed: ['✗', 'Failed'],
  skipped: ['–', 'Skipped'],
}

/** What a step does, as a few words without its state. */
export function stepSentence(step: Step): string {
  const name = objectName(step.ref)
  switch (step.kind) {
    case 'scale':
      return `scale ${name} from ${step.from} to ${step.to}`
    case 'restart':
      return `restart ${name}`
    case 'rollback':
      return `roll ${name} back to revision ${step.to}`
    case 'pause':
      return step.paused ? `pause the rollout of ${name}` : `resume the rollout of ${name}`
    case 'autoscale':
      return `keep ${name} between ${step.to.min} and ${step.to.max} pods`
    case 'delete-pod':
      return `delete ${name}`
    case 'evict':
      return `evict ${name} from ${step.node}`
    case 'cordon':
      return step.cordoned ? `keep new pods from ${name}` : `let new pods on ${name}`
    case 'suspend':
      return step.suspended ? `suspend ${name}` : `resume ${name}`
    case 'exempt':
      return step.exempted ? `take ${name} out of Flux’s care` : `give ${name} back to Flux`
    case 'reconcile':
      return `let Flux look at ${name}`
  }
}

/** More than this on a phone nobody reads: what is under way and what went wrong comes first. */
const MOST = 20

/** How each step stands. What the only one does is said by the headline; many that stand alike are one line. */
export function stepLines({ steps }: Pick<Operation, 'steps'>): Markup {
  const [only] = steps
  if (steps.length === 1 && only !== undefined) return join([standing(only, '')])
  const groups = alike(steps)
  const shown = groups.length <= MOST ? groups : aroundTheFront(groups)
  const left = groups.length - shown.length
  return join([
    ...shown.map(groupLine),
    ...(left > 0 ? [`… and ${left} more ${left === 1 ? 'line' : 'lines'}`] : []),
  ])
}

type Group = readonly [OperationStep, ...OperationStep[]]

const FEWEST_ALIKE = 4
const FOLDED: ReadonlySet<StepState> = new Set(['pending', 'done', 'skipped'])

/** Steps in a row that all wait, are done or were skipped. */
function alike(steps: readonly OperationStep[]): readonly Group[] {
  const rows: [OperationStep, ...OperationStep[]][] = []
  for (const step of steps) {
    const row = rows.at(-1)
    if (row !== undefined && row[0].state === step.state && FOLDED.has(step.state)) row.push(step)
    else rows.push([step])
  }
  return rows.flatMap((row) => (row.length < FEWEST_ALIKE ? row.map((step): Group => [step]) : [row]))
}

function aroundTheFront(groups: readonly Group[]): readonly Group[] {
  const front = groups.findIndex(([{ state }]) => state !== 'done' && state !== 'skipped')
  const from = Math.max(0, Math.min((front === -1 ? groups.length : front) - MOST / 2, groups.length - MOST))
  return groups.slice(from, from + MOST)
}

function groupLine([first, ...others]: Group): Markup {
  if (others.length === 0) return standing(first, stepSentence(first.step))
  const [sign, word] = STANDS[first.state]
  const names = [first, ...others].map(({ step }) => step.ref.name)
  return text`${sign} ${word}, ${names.length} steps: ${names.join(', ')}.`
}

function standing({ state, says }: OperationStep, what: string): Markup {
  const [sign, word] = STANDS[state]
  const said = what === '' ? (says ?? '') : `${what}${says === null ? '' : `. ${capital(says)}`}`
  return said === '' ? text`${sign} ${word}.` : text`${sign} ${word}: ${said}.`
}

/** The step that is under way, or the first that waits. */
export function currentStep({ steps }: Pick<Operation, 'steps'>): OperationStep | null {
  return steps.find(({ state }) => state !== 'done' && state !== 'skipped') ?? null
}

/** Those that something puts back (operations/steps, `inverse`; a test holds the two together). */
const REVERSIBLE: ReadonlySet<StepKind> = new Set([
  'scale',
  'rollback',
  'pause',
  'autoscale',
  'cordon',
  'suspend',
  'exempt',
])
const HAPPENED: ReadonlySet<StepState> = new Set(['sent', 'done', 'failed'])

/** Whether an undo would put something back. */
export function isReversible({ steps, undoneBy }: Pick<Operation, 'steps' | 'undoneBy'>): boolean {
  return (
    undoneBy === null && steps.some(({ step, state }) => HAPPENED.has(state) && REVERSIBLE.has(step.kind))
  )
}

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** The workload whose log is worth a look: the only one, else the one that failed or is under way; null: none. */
export function loggedWorkload({ steps }: Pick<Operation, 'steps'>): string | null {
  const on = steps.filter(({ step }) => WORKLOADS.has(step.ref.kind))
  const [only, ...others] = new Set(on.map(({ step }) => step.ref.name))
  if (only !== undefined && others.length === 0) return only
  const telling = on.find(({ state }) => state === 'failed') ?? on.find(({ state }) => UNDER_WAY.has(state))
  return telling?.step.ref.name ?? null
}

const UNDER_WAY: ReadonlySet<StepState> = new Set(['intent', 'sent', 'unknown'])
