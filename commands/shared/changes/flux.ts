import { z } from 'zod'
import { capital, duration as inWords, localTime } from '../../../src/blocks/builders.ts'
import type { Ask } from '../../../src/core/ask.ts'
import { UserError } from '../../../src/core/errors.ts'
import { duration } from '../../../src/core/names.ts'
import type { Plan, Warning } from '../../../src/core/plan.ts'
import type { Management } from '../../../src/core/ports/workloads.ts'
import { type ObjectRef, objectName, type Step, type WorkloadKind } from '../../../src/core/steps.ts'
import { either } from '../../../src/core/suggest.ts'

const LONGEST_SECONDS = 7 * 86_400
const EXEMPT_SECONDS = 4 * 3600

const held = duration.refine((seconds) => seconds <= LONGEST_SECONDS, 'must be at most 7d')

/** What can be asked of Flux as part of a change to an object that it manages. */
export const FLUX_ARGS = {
  suspendFlux: held
    .optional()
    .describe('suspend its Kustomization for this long as part of it, then resume by itself'),
  exempt: z
    .boolean()
    .default(false)
    .describe('take this one object out of its Kustomization’s care as part of it, then give it back'),
  for: held.optional().describe('with --exempt: for how long; 4h when not given'),
}

export interface FluxArguments {
  readonly suspendFlux?: number | undefined
  readonly exempt: boolean
  readonly for?: number | undefined
}

export interface FluxQuestion {
  readonly args: FluxArguments
  readonly managedBy: Management | null
  readonly ref: ObjectRef<WorkloadKind | 'HorizontalPodAutoscaler'>
  /** Whether Flux would put back what is changed. */
  readonly undone: boolean
  /** Nobody can tell whether Flux would: an autoscaler has set the value since it last looked. */
  readonly hidden?: boolean
  /** What git has of it, as a phrase: `2 replicas`; null: it does not say. */
  readonly git: string | null
  /** The command cannot hold Flux as part of what it does. */
  readonly alone?: true
  readonly ask: Pick<Ask, 'at' | 'zone'>
}

/** What of a plan comes from Flux: what is done before the change, what ends it, and what is said. */
export interface FluxPart {
  readonly before: readonly Step[]
  readonly resume?: NonNullable<Plan['resume']>
  readonly warnings: readonly Warning[]
  readonly facts: readonly string[]
  readonly instead: readonly string[]
  /** Why what was asked of Flux cannot be done; null: it can. */
  readonly stop: Warning | null
}

const NOTHING: FluxPart = { before: [], warnings: [], facts: [], instead: [], stop: null }

/** The truth about what lasts of a change to an object that git describes. Pure. */
export function fluxPart(question: FluxQuestion): FluxPart {
  const { args, managedBy, ref } = question
  if (args.suspendFlux !== undefined && args.exempt) {
    throw new UserError('BAD_ARGUMENT', 'Either --suspend-flux or --exempt: one of them is enough.')
  }
  if (args.for !== undefined && !args.exempt) {
    throw new UserError(
      'BAD_ARGUMENT',
      '--for says how long --exempt lasts; --suspend-flux has its own span.',
    )
  }
  if (managedBy === null) {
    const asked = args.exempt || args.suspendFlux !== undefined
    return { ...NOTHING, facts: asked ? [`Flux does not manage ${ref.name}: it is left alone.`] : [] }
  }
  if (args.suspendFlux !== undefined) return suspended(question, managedBy, args.suspendFlux)
  if (args.exempt) return exempted(question, managedBy, args.for ?? EXEMPT_SECONDS)
  return leftAsItIs(question, managedBy)
}

function suspended(question: FluxQuestion, managedBy: Management, seconds: number): FluxPart {
  const { ref } = managedBy
  const name = objectName(ref)
  if (managedBy.suspended) return { ...NOTHING, facts: [`${name} is suspended already, and stays so.`] }
  return {
    ...NOTHING,
    before: [{ kind: 'suspend', ref, suspended: true }],
    resume: resumedAfter(ref, seconds),
    warnings: [
      {
        code: 'FLUX_SUSPENDED',
        text: `For ${inWords(seconds)} nothing from git reaches any object of ${name}, also no release.`,
      },
      ...gitWants(question),
    ],
  }
}

/** How a suspension ends by itself. */
export function resumedAfter(ref: Management['ref'], seconds: number): NonNullable<Plan['resume']> {
  return {
    afterSeconds: seconds,
    steps: [{ kind: 'suspend', ref, suspended: false }],
    says: `${objectName(ref)} is resumed after ${inWords(seconds)}, and puts back what differs from git.`,
  }
}

function exempted(question: FluxQuestion, managedBy: Management, seconds: number): FluxPart {
  const { ref } = question
  if (managedBy.ref.kind === 'HelmRelease') {
    const text = `${objectName(managedBy.ref)} installs ${ref.name}, and Helm cannot leave one object out. Suspend it instead.`
    return { ...NOTHING, stop: { code: 'NOT_EXEMPTABLE', text }, instead: [] }
  }
  if (managedBy.exempted)
    return { ...NOTHING, facts: [`${objectName(ref)} is exempted already, and stays so.`] }
  return {
    ...NOTHING,
    before: [{ kind: 'exempt', ref, exempted: true }],
    resume: {
      afterSeconds: seconds,
      steps: [{ kind: 'exempt', ref, exempted: false }],
      says: `${objectName(ref)} goes back into the care of ${objectName(managedBy.ref)} after ${inWords(seconds)}, which puts it back as git has it.`,
    },
    warnings: gitWants(question),
  }
}

function gitWants({ undone, git, ref }: FluxQuestion): readonly Warning[] {
  if (!undone) return []
  const wants = git === null ? `git has something else for ${ref.name}` : `git has ${git}`
  return [
    {
      code: 'GIT_WANTS',
      text: `${capital(wants)}. Change it there before the span is over, or it comes back.`,
    },
  ]
}

function leftAsItIs({ undone, hidden, git, ask, alone }: FluxQuestion, managedBy: Management): FluxPart {
  const { ref, suspended: off, exempted: out, correctsDrift } = managedBy
  const name = objectName(ref)
  if (out) return { ...NOTHING, facts: [`${name} leaves it alone: it is exempted.`] }
  if (off) {
    const later = undone ? ' When it is resumed, it puts this back.' : ''
    return { ...NOTHING, facts: [`${name} is suspended.${later}`] }
  }
  if (!undone && hidden === true) {
    const text = `${name} manages it. Whether git has a number of pods cannot be told: an autoscaler has set it since Flux last looked.`
    return { ...NOTHING, facts: [text] }
  }
  if (!undone)
    return { ...NOTHING, facts: [`${name} manages it, and leaves this as it is: git says nothing of it.`] }
  if (!correctsDrift) {
    return { ...NOTHING, facts: [`${name} does not correct drift: this lasts until its next upgrade.`] }
  }
  const has = git === null ? '' : ` Git has ${git}.`
  const ways = alone ? [] : ['--suspend-flux 1h', ...(ref.kind === 'Kustomization' ? ['--exempt'] : [])]
  const hold = ways.length === 0 ? '' : `add ${either(ways)}, and `
  const text = `${name} puts it back as git has it ${nextLook(managedBy, ask)}.${has} To keep it, ${hold}change git.`
  return { ...NOTHING, warnings: [{ code: 'UNDONE_BY_FLUX', text }], instead: ways }
}

/** `within 10 min, about 07:10 CET`; without a last time only the interval is known. */
function nextLook(
  { intervalSeconds, lastAppliedAt }: Management,
  { at, zone }: Pick<Ask, 'at' | 'zone'>,
): string {
  const within = `within ${inWords(intervalSeconds)}`
  if (lastAppliedAt === null) return within
  const next = new Date(lastAppliedAt.getTime() + intervalSeconds * 1000)
  return next <= at
    ? `at its next look, due at any moment (every ${inWords(intervalSeconds)})`
    : `${within}, at the latest ${localTime(next, zone ?? 'UTC')}`
}
