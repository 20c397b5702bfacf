import type { AccessSnapshot } from '../core/access.ts'
import { roleIn } from '../core/access-rules.ts'
import type { Ask } from '../core/ask.ts'
import type { Code } from '../core/codes.ts'
import { approvalsNeeded, type Freeze, type Operation, type OperationState } from '../core/operation.ts'
import { type Role, reaches } from '../core/roles.ts'
import type { EngineContext } from './context.ts'

/** Why an operation that was approved does not begin, or does not go on. */
export interface Objection {
  readonly state: Extract<OperationState, 'expired' | 'stale' | 'revoked'>
  readonly code: Code
  /** A whole sentence. */
  readonly says: string
}

/** Whoever approves holds at least this role. Source: docs/SECURITY.md, "Roles and channels". */
const APPROVER: Role = 'admin'

/** Bakery's own records that a change rests on, as of the version of the snapshot. */
export interface Records {
  readonly snapshot: AccessSnapshot
  readonly freezes: readonly Freeze[]
}

/** One after the other: a freeze that the second read does not know has made another version than the first one's. */
export async function recordsNow({
  reader,
  access,
}: Pick<EngineContext, 'reader' | 'access'>): Promise<Records> {
  const snapshot = await access.snapshot()
  return { snapshot, freezes: await reader.freezes() }
}

/** Freezes and Bakery's own records: asked again before every further step, without Slack. */
export async function standing(context: EngineContext, operation: Operation): Promise<Objection | null> {
  return objectionTo(context, operation, await recordsNow(context))
}

/** What speaks against an operation by these records at this moment. */
export function objectionTo(
  { registry }: Pick<EngineContext, 'registry'>,
  operation: Operation,
  { snapshot, freezes }: Records,
): Objection | null {
  const frozen = freezeOf(freezes, operation, snapshot.now())
  if (frozen !== null) {
    const { target, reason } = frozen
    return objection('revoked', 'FROZEN', `Changes to ${target ?? 'everything'} are frozen: ${reason}.`)
  }
  if (operation.follows !== null) return null
  return requesterHolds(registry, operation, snapshot) ?? approversHold(operation, snapshot)
}

export function freezeOf(
  freezes: readonly Freeze[],
  { plan }: Pick<Operation, 'plan'>,
  now: number,
): Freeze | null {
  const names = new Set([plan.target, ...plan.steps.map(({ ref }) => ref.name)])
  const stops = ({ target, until }: Freeze) =>
    (target === null || names.has(target)) && (until === null || Date.parse(until) > now)
  return freezes.find(stops) ?? null
}

function requesterHolds(
  registry: EngineContext['registry'],
  operation: Operation,
  snapshot: AccessSnapshot,
): Objection | null {
  const command = registry.commands().find(({ name }) => name === operation.command)
  if (command === undefined) {
    return objection('revoked', 'UNKNOWN_COMMAND', `“${operation.command}” is no command any more.`)
  }
  const { requester } = operation
  // What Slack was last heard to say of them counts, not what it said when they asked.
  const kind = snapshot.users.get(requester.user)?.kind ?? requester.kind
  const decision = registry.decide(command, { ...askOf(operation), actor: { ...requester, kind } }, snapshot)
  if (decision.decision === 'allowed') return null
  return objection(
    'revoked',
    decision.code,
    `Whoever asked for it may not do it any more: ${decision.message}`,
  )
}

/** As many persons as the plan needs, none of them the requester, for exactly this plan; without a second person an owner. */
function approversHold(operation: Operation, snapshot: AccessSnapshot): Objection | null {
  const { breakGlass, requester, channel, plan } = operation
  if (breakGlass !== null) {
    if (roleIn(snapshot, requester.user, channel) === 'owner') return null
    return objection(
      'revoked',
      'NO_ROLE',
      'Only an owner does without a second person, and whoever asked is none any more.',
    )
  }
  const needed = approvalsNeeded(plan)
  const standing = approvalsOf(operation).filter(({ user }) =>
    reaches(roleIn(snapshot, user, operation.channel), APPROVER),
  )
  const persons = new Set(standing.map(({ person }) => person))
  if (persons.size >= needed) return null
  return objection('revoked', 'NO_ROLE', 'Somebody who approved it does not hold the role for that any more.')
}

/** The approvals of exactly this plan, by others. */
export function approvalsOf({ reviews, digest, requester }: Operation) {
  return reviews.filter(
    (one) => one.verdict === 'approve' && one.digest === digest && one.person !== requester.person,
  )
}

/** As whoever asked for it. */
export function askOf({ ref, requester, channel, createdAt }: Operation): Ask {
  const at = new Date(createdAt)
  return { ref, surface: 'button', actor: requester, channel, role: null, at }
}

export function objection(state: Objection['state'], code: Code, says: string): Objection {
  return { state, code, says }
}
