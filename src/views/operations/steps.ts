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

/** How each step stands. What the only one does is said by the headline. */
export function stepLines({ steps }: Pick<Operation, 'steps'>): Markup {
  const [only] = steps
  if (steps.length === 1 && only !== undefined) return join([standing(only, '')])
  const shown = steps.length <= MOST ? steps : aroundTheFront(steps)
  const left = steps.length - shown.length
  return join([...shown.map(stepLine), ...(left > 0 ? [`… and ${left} more steps`] : [])])
}

function aroundTheFront(steps: readonly OperationStep[]): readonly OperationStep[] {
  const front = steps.findIndex(({ state }) => state !== 'done' && state !== 'skipped')
  const from = Math.max(0, Math.min((front === -1 ? steps.length : front) - MOST / 2, steps.length - MOST))
  return steps.slice(from, from + MOST)
}

function stepLine(step: OperationStep): Markup {
  return standing(step, stepSentence(step.step))
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
