import type { Difference, Plan, Warning } from '../../../src/core/plan.ts'
import { riskOf, type Touched } from '../../../src/core/policy.ts'
import type { ObjectRef, Step } from '../../../src/core/steps.ts'
import type { FluxPart } from './flux.ts'

export interface Draft {
  readonly headline: string
  readonly target: string
  readonly steps: readonly Step[]
  readonly workloads?: readonly Touched[]
  /** Pods that nobody makes again. */
  readonly lost?: number
  readonly flux?: FluxPart
  readonly warnings?: readonly Warning[]
  readonly facts?: readonly string[]
  readonly differences?: readonly Difference[]
  readonly instead?: readonly string[]
  readonly watch?: readonly ObjectRef[]
  readonly resume?: NonNullable<Plan['resume']>
}

/** A plan from its parts: Flux is held before anything is changed, and the risk follows from all of it. */
export function planOf(draft: Draft): Plan {
  const { headline, target, flux, workloads = [], lost = 0 } = draft
  const { facts = [], warnings = [], instead = [], differences, watch } = draft
  if (flux?.stop) return stopped(headline, target, [flux.stop])
  const steps = [...(flux?.before ?? []), ...draft.steps]
  const resume = flux?.resume ?? draft.resume
  return {
    ...{ headline, target, steps, risk: riskOf({ steps, workloads, lost }) },
    warnings: [...warnings, ...(flux?.warnings ?? [])],
    facts: [...facts, ...(flux?.facts ?? [])],
    instead: [...instead, ...(flux?.instead ?? [])],
    ...(differences === undefined ? {} : { differences }),
    ...(resume === undefined ? {} : { resume }),
    ...(watch === undefined ? {} : { watch }),
  }
}

/** Everything is as it was asked for. */
export function nothingToDo(headline: string, target: string, instead: readonly string[] = []): Plan {
  return { headline, target, risk: 'change', steps: [], warnings: [], instead }
}

/** It cannot be done: the reasons, and what can be done instead. */
export function stopped(
  headline: string,
  target: string,
  warnings: readonly Warning[],
  instead: readonly string[] = [],
): Plan {
  return { headline, target, risk: 'change', steps: [], warnings, instead }
}

export function stop(
  headline: string,
  target: string,
  code: string,
  text: string,
  instead: readonly string[] = [],
): Plan {
  return stopped(headline, target, [{ code, text }], instead)
}
