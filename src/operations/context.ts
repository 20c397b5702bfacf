import type { Answer } from '../core/answer.ts'
import type { Operation } from '../core/operation.ts'
import type { AccessReader } from '../core/ports/access.ts'
import type { ObjectReader, ObjectWriter } from '../core/ports/objects.ts'
import type { OperationEngine, OperationReader } from '../core/ports/operations.ts'
import type { Attestation, Planner } from '../core/ports/planner.ts'
import type { RegistryReader } from '../core/ports/registry.ts'
import type { Health } from './health.ts'

/** How long things take; tests make it short. Milliseconds. */
export interface Timing {
  /** Between two looks at what comes about. */
  readonly pollMs: number
  /** The longest that one write may take. */
  readonly writeMs: number
  /** A message is edited no more often than this. */
  readonly editMs: number
  /** The last word on a write whose outcome was not seen: until then it is looked for. */
  readonly reconcileMs: number
  /** Between two attempts at something that did not work. */
  readonly retryMs: number
  /** How long an answer may take that has been given by the API server, but not arrived, before it counts as lost. */
  readonly landMs: number
  /** Looks for work without being woken. */
  readonly idleMs: number
}

export const TIMING: Timing = {
  pollMs: 1000,
  writeMs: 10_000,
  editMs: 1500,
  reconcileMs: 90_000,
  retryMs: 2000,
  landMs: 1000,
  idleMs: 5000,
}

/** What the engine works with. */
export interface EngineContext {
  readonly operations: OperationEngine
  readonly reader: Pick<OperationReader, 'freezes' | 'find'>
  readonly objects: ObjectReader
  readonly writer: ObjectWriter
  readonly planner: Planner
  readonly attestation: Attestation
  readonly access: AccessReader
  readonly registry: RegistryReader
  /** How the workloads of an operation are, for comparing before and after; null: it cannot be told. */
  readonly measure: (operation: Operation, signal: AbortSignal) => Promise<Health | null>
  /** The one message of an operation, as it stands in its channel. */
  readonly card: (operation: Operation) => Promise<Answer>
  readonly leaseSeconds: number
  readonly timing: Timing
  readonly log: Readonly<Record<'error' | 'warn' | 'info', (facts: object, message: string) => void>>
}
