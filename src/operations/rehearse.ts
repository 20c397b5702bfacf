import { DependencyError } from '../core/errors.ts'
import { type Difference, onePerCode, type Plan, type Warning } from '../core/plan.ts'
import { type ObjectRehearser, WriteFailure } from '../core/ports/objects.ts'
import { objectName, type Step } from '../core/steps.ts'
import type { Rehearsal, Rehearse } from './plan.ts'
import { objectDifferences } from './rehearsed-differences.ts'
import { isLive, mootness, requestOf, type Scene, type StepOwner, staleness } from './steps/index.ts'

export interface RehearsalOptions {
  /** A step's object and what belongs to it, read afresh. */
  readonly scene: (step: Step, signal: AbortSignal) => Promise<Scene>
  readonly rehearser: ObjectRehearser
  readonly now: () => Date
  /** Takes secrets out of what is shown. */
  readonly scrub: (text: string) => string
}

/** Dry runs at once: the API server is kind to few, and a preview of thirty workloads has to come within seconds. */
const AT_ONCE = 6
/** Stands for the operation that does not exist yet. */
const REHEARSED = 'rehearsal'

interface Rehearsed {
  readonly differences: readonly Difference[]
  readonly warning: Warning | null
  readonly refused: Warning | null
}
const AS_PLANNED: Rehearsed = { differences: [], warning: null, refused: null }

/** Sends every step's first write with `dryRun=All`: the objects as they would be, after defaulting, quotas and admission. */
export function createRehearsal(options: RehearsalOptions): Rehearse {
  return async ({ steps }: Plan, signal): Promise<Rehearsal> => {
    const createdAt = options.now().toISOString()
    const each = await inGroups(steps, (step, n) =>
      rehearseStep(options, step, { id: REHEARSED, n, createdAt }, signal),
    )
    const warnings = each.flatMap(({ warning }) => (warning === null ? [] : [warning]))
    return {
      differences: each.flatMap(({ differences }) => differences),
      warnings: onePerCode(warnings),
      refused: each.find(({ refused }) => refused !== null)?.refused ?? null,
      accepted: each.filter(({ warning, refused }) => warning === null && refused === null).length,
    }
  }
}

async function inGroups<In, Out>(
  all: readonly In[],
  work: (one: In, index: number) => Promise<Out>,
): Promise<readonly Out[]> {
  const done: Out[] = []
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const group = all.slice(from, from + AT_ONCE)
    done.push(...(await Promise.all(group.map((one, offset) => work(one, from + offset)))))
  }
  return done
}

async function rehearseStep(
  { scene: read, rehearser, scrub }: RehearsalOptions,
  step: Step,
  owner: StepOwner,
  signal: AbortSignal,
): Promise<Rehearsed> {
  const { ref } = step
  const scene = await read(step, signal)
  if (mootness(step, scene) !== null) return AS_PLANNED
  const stale = staleness(step, scene)
  if (stale !== null || !isLive(step, scene)) return changed(step, stale)
  try {
    const write = requestOf(step, scene, owner)
    const after = await rehearser.rehearse(write, signal)
    if (after === null || write.verb !== 'patch') return AS_PLANNED
    return { ...AS_PLANNED, differences: objectDifferences(objectName(ref), scene.object, after, scrub) }
  } catch (thrown) {
    if (!(thrown instanceof WriteFailure)) throw thrown
    return judged(step, thrown)
  }
}

function changed({ ref }: Step, why: string | null): Rehearsed {
  const text = `${objectName(ref)} was changed while this was planned: ${why ?? 'somebody else wrote it'}. Ask again.`
  return { ...AS_PLANNED, refused: { code: 'CHANGED', text } }
}

/** A refusal that would meet the real write as well stops the plan; what is only the rehearsal's own trouble is said. */
function judged(step: Step, failure: WriteFailure): Rehearsed {
  const name = objectName(step.ref)
  const { kind, message, status } = failure
  switch (kind) {
    case 'conflict':
    case 'absent':
      return changed(step, null)
    case 'unsent':
    case 'unknown':
      throw new DependencyError({
        dependency: 'kubernetes',
        operation: 'rehearse',
        message: `The API server could not be asked what would happen to ${name}: ${message}`,
        retryable: true,
        cause: failure,
      })
    case 'refused':
      if (status === 429 || failure.reason === 'TooManyRequests') {
        return { ...AS_PLANNED, warning: { code: 'BUDGET', text: `${name} may not go yet: ${message}` } }
      }
      if (/exceeded quota/.test(message)) {
        return { ...AS_PLANNED, refused: { code: 'QUOTA', text: `${name} is over a quota: ${message}` } }
      }
      if (/cannot (get|patch|update|create|delete) resource/.test(message) || status === 401) {
        const text = `It could not be rehearsed: Bakery’s account for rehearsals may not do this. ${message}`
        return { ...AS_PLANNED, warning: { code: 'NOT_REHEARSED', text } }
      }
      return {
        ...AS_PLANNED,
        refused: { code: 'REFUSED', text: `${name} would not be accepted: ${message}` },
      }
  }
}
