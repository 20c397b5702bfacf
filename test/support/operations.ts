import type { Actor } from '../../src/core/ask.ts'
import type { Operation, OperationState } from '../../src/core/operation.ts'
import { type Plan, planDigest } from '../../src/core/plan.ts'
import type { Proposal } from '../../src/core/ports/operations.ts'
import type { Step } from '../../src/core/steps.ts'
import { NOW } from './snapshot.ts'

/** Somebody of the workspace; two Slack ids of one person have the same `person`. */
export function actor(user: string, person = user): Actor {
  return { team: 'T1', user, person, kind: 'member' }
}

export function scaleStep(name = 'orders-service', from = 2, to = 3): Step {
  return {
    kind: 'scale',
    ref: { kind: 'Deployment', namespace: 'bakery-ia', name, uid: `uid-${name}` },
    ...{ from, to },
  }
}

export function planOf(changes: Partial<Plan> = {}): Plan {
  const target = changes.target ?? 'orders-service'
  return {
    ...{ headline: `Scale ${target} from 2 to 3`, target, risk: 'destructive' },
    ...{ steps: [scaleStep(target)], warnings: [] },
    ...changes,
  }
}

/** A change as a person proposes it. */
export function proposalOf(plan: Plan = planOf(), changes: Partial<Proposal> = {}): Proposal {
  const line = changes.line ?? `scale ${plan.target} 3`
  return {
    ...{ command: 'scale', line, plan, digest: planDigest(line, plan), requester: actor('UBOB') },
    ...{ channel: 'C1', environment: 'production', reason: 'more orders', ref: 'K7M2Q9XA' },
    ...{ breakGlass: null, confirmWithinSeconds: null, undoes: null },
    ...changes,
  }
}

/** An operation as the database would have it. */
export function operationOf(changes: Partial<Operation> = {}): Operation {
  const { plan = planOf(), state = 'awaiting' as OperationState } = changes
  const line = changes.line ?? `scale ${plan.target} 3`
  const at = new Date(NOW).toISOString()
  return {
    ...{ id: 'k3j2h1g0f9', command: 'scale', line, plan, digest: planDigest(line, plan), state },
    ...{ requester: actor('U0MARCO', 'marco'), channel: 'C0OPERATIONS', environment: 'production' },
    ...{ reason: 'more orders', ref: 'K7M2Q9XA', createdAt: at, settledAt: null },
    expiresAt: new Date(NOW + 30 * 60_000).toISOString(),
    steps: plan.steps.map((step, n) => ({
      ...{ n, step, state: 'pending' as const, before: null, auditIds: [] },
      ...{ intentAt: null, settledAt: null, says: null },
    })),
    ...{ reviews: [], breakGlass: null, confirmWithinSeconds: null, confirmUntil: null },
    ...{ cancelRequested: false, undoes: null, undoneBy: null, follows: null, keptBy: null },
    ...{ card: null, outcome: null, code: null, fence: '0' },
    ...changes,
  }
}
