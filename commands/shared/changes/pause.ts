import type { Plan, Warning } from '../../../src/core/plan.ts'
import type { WorkloadState } from '../../../src/core/ports/workloads.ts'
import { nothingToDo, planOf, stop } from './plan.ts'
import { alreadyRolling } from './warnings.ts'

/** Holds a Deployment's rollout, or lets it go on. */
export function pausePlan(of: WorkloadState, paused: boolean): Plan {
  const { kind, name } = of.ref
  if (kind !== 'Deployment') {
    const text = `${name} is a ${kind}, and Kubernetes can pause Deployments only.`
    return stop(`${name} cannot be ${paused ? 'paused' : 'resumed'}`, name, 'NOT_PAUSABLE', text)
  }
  if (of.paused === paused) return nothingToDo(`${name} is ${paused ? 'paused already' : 'not paused'}`, name)
  return planOf({
    headline: `${paused ? 'Pause' : 'Resume'} the rollout of ${name}`,
    target: name,
    steps: [{ kind: 'pause', ref: { ...of.ref, kind }, paused }],
    workloads: [of],
    warnings: paused ? [...alreadyRolling(of), whilePaused(name)] : [],
    facts: paused ? [] : ['Everything that was changed while it was paused is rolled out at once.'],
    watch: [of.ref],
  })
}

/** What does not happen to a workload whose rollout is held. */
export function whilePaused(name: string): Warning {
  const text = `While it is paused, no release reaches the pods of ${name}, a restart and a rollback do nothing, and a rollout never says that it failed.`
  return { code: 'PAUSED', text }
}
