import type { OperationStep } from '../core/operation.ts'
import { objectName } from '../core/steps.ts'
import type { Hold } from './hold.ts'
import type { StepOwner } from './steps/index.ts'

export function stepOf({ operation }: Hold, n: number): OperationStep {
  const step = operation.steps.find((one) => one.n === n)
  if (step === undefined) throw new Error(`operation ${operation.id} has no step ${n}`)
  return step
}

export function ownerOf({ operation: { id, createdAt } }: Hold, n: number): StepOwner {
  return { id, n, createdAt }
}

export function nameOf(hold: Hold, n: number): string {
  return objectName(stepOf(hold, n).step.ref)
}
