import type { Code } from '../core/codes.ts'
import type { Operation, OperationState, StepState } from '../core/operation.ts'
import type { Claim } from '../core/ports/operations.ts'
import { PRIORITIES } from '../core/ports/records.ts'
import type { EngineContext } from './context.ts'
import type { Before } from './scene.ts'

/** The claim is somebody else's now: nothing more is written, here or outside. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost'
}

/** The process stops: the claim is given up between two waits. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver'
}

/**
 * An operation as this process holds it. Every verb is committed under the claim's fence; one that is not ours any more
 * throws `ClaimLost`, and so does time that has run out. What is known of the operation is kept in step with what was written.
 */
export interface Hold {
  readonly operation: Operation
  /** Milliseconds in which something may still be sent: well inside the lease, by the monotonic clock. */
  readonly leftMs: number
  readonly signal: AbortSignal
  /** Renews the lease when a good part of it is over, or at once; brings news such as a request to cancel. */
  renew(when?: 'now'): Promise<void>
  intent(n: number, before: Before): Promise<void>
  /** The first intent, with which it runs; false: the records have changed since that version, so it does not run yet. */
  begin(n: number, before: Before, asOf: bigint): Promise<boolean>
  settle(
    n: number,
    state: StepState,
    facts?: { auditId?: string | null; says?: string | null },
  ): Promise<void>
  move(to: OperationState, says: string | null, code?: Code | null): Promise<void>
  /** How a step stands, for whoever looks on: told when it is new, and not too often. */
  say(n: number, says: string): Promise<void>
  /** Is kept with every intent from now on. */
  remember(facts: Before): void
  readonly remembered: Before
  /** Gives the claim up, for another process. */
  release(): Promise<void>
  /** Waits while the lease is kept. Throws `HandedOver` when the process stops. */
  wait(ms: number): Promise<void>
}

/** A third of a short lease, five seconds of a long one: what is under way has ended when the lease does. */
function marginMs(leaseSeconds: number): number {
  return Math.min(5000, (leaseSeconds * 1000) / 3)
}

export function createHold(context: EngineContext, first: Claim, signal: AbortSignal): Hold {
  const { operations, leaseSeconds, timing } = context
  let claim = first
  let operation = first.operation
  let toldAt = Number.NEGATIVE_INFINITY
  let edits = 0
  let remembered: Before = {}
  const left = () => claim.until - marginMs(leaseSeconds) - performance.now()
  const must = (ours: boolean) => {
    if (!ours) throw new ClaimLost(`operation ${operation.id} is not this process's any more`)
  }
  const update = (n: number, change: Partial<Operation['steps'][number]>) => {
    const steps = operation.steps.map((step) => (step.n === n ? { ...step, ...change } : step))
    operation = { ...operation, steps }
  }
  const intended = (n: number, before: Before) =>
    update(n, { state: 'intent', before, intentAt: new Date().toISOString() })
  /** The card as it is now. Only what it says is new: no state has changed, so there is nothing to audit. */
  const tell = async () => {
    const { card } = operation
    if (card === null || performance.now() - toldAt < timing.editMs) return
    toldAt = performance.now()
    edits += 1
    const answer = await context.card(operation)
    const destination = { to: 'update', of: card } as const
    const key = `operation:${operation.id}:card:${claim.fence}-${edits}`
    must(await operations.tell(claim, [{ key, destination, priority: PRIORITIES.answer, answer }]))
  }
  const settle: Hold['settle'] = async (n, state, { auditId = null, says = null } = {}) => {
    must(await operations.settle(claim, n, { state, auditId, says }))
    const auditIds = operation.steps.find((one) => one.n === n)?.auditIds ?? []
    update(n, { state, says, auditIds: auditId === null ? auditIds : [...auditIds, auditId] })
    await tell()
  }

  async function renew(when?: 'now') {
    if (when === undefined && left() > leaseSeconds * 333) return
    const renewed = await operations.renew(claim, leaseSeconds)
    if (renewed === null) return must(false)
    claim = renewed
    operation = { ...operation, cancelRequested: renewed.operation.cancelRequested }
  }

  return {
    get operation() {
      return operation
    },
    get leftMs() {
      return left()
    },
    signal,
    renew,
    async intent(n, before) {
      must(await operations.intent(claim, n, before))
      intended(n, before)
    },
    async begin(n, before, asOf) {
      const begun = await operations.begin(claim, n, before, asOf)
      must(begun !== 'lost')
      if (begun === 'outdated') return false
      toldAt = performance.now()
      operation = { ...operation, state: 'running' }
      intended(n, before)
      return true
    },
    settle,
    async move(to, says, code = null) {
      toldAt = performance.now()
      must(await operations.move(claim, to, { says, code, messages: [] }))
      operation = { ...operation, state: to, outcome: says, code }
    },
    async say(n, says) {
      const step = operation.steps.find((one) => one.n === n)
      if (step === undefined || step.says === says || performance.now() - toldAt < timing.editMs) return
      update(n, { says })
      await tell()
    },
    remember(facts) {
      remembered = facts
    },
    get remembered() {
      return remembered
    },
    async release() {
      await operations.release(claim)
    },
    async wait(ms) {
      const until = performance.now() + ms
      for (let rest = ms; rest > 0; rest = until - performance.now()) {
        await pause(Math.min(rest, Math.max(20, (leaseSeconds * 1000) / 6)), signal)
        if (signal.aborted) throw new HandedOver('the process stops')
        await renew()
      }
    },
  }
}

/** Ends early, and never throws, when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
