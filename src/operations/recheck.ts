import type { AccessSnapshot } from '../core/access.ts'
import { roleIn } from '../core/access-rules.ts'
import type { Ask, UserKind } from '../core/ask.ts'
import type { Code } from '../core/codes.ts'
import { coerceError, UserError } from '../core/errors.ts'
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

/**
 * What was true at the approval is asked again before the first effect: the time, freezes, the roles of the requester and of
 * those who approved, what Slack says of them at this moment, and whether the plan would still be the same.
 */
export async function recheck(
  context: EngineContext,
  operation: Operation,
  signal: AbortSignal,
): Promise<Objection | null> {
  const snapshot = await context.access.snapshot()
  if (snapshot.now() >= Date.parse(operation.expiresAt)) {
    return objection('expired', 'EXPIRED', 'Its time was over before it could begin.')
  }
  return (
    (await standing(context, operation, snapshot)) ??
    (await attested(context, operation)) ??
    (await planned(context, operation, signal))
  )
}

/** Freezes and Bakery's own records: asked again before every further step, without Slack. */
export async function standing(
  { reader, registry }: Pick<EngineContext, 'reader' | 'registry'>,
  operation: Operation,
  snapshot: AccessSnapshot,
): Promise<Objection | null> {
  const frozen = freezeOf(await reader.freezes(), operation, snapshot.now())
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

/** As many persons as the plan needs, none of them the requester, for exactly this plan. */
function approversHold(operation: Operation, snapshot: AccessSnapshot): Objection | null {
  const needed = operation.breakGlass === null ? approvalsNeeded(operation.plan) : 0
  const standing = approvalsOf(operation).filter(({ user }) =>
    reaches(roleIn(snapshot, user, operation.channel), APPROVER),
  )
  const persons = new Set(standing.map(({ person }) => person))
  if (persons.size >= needed) return null
  return objection('revoked', 'NO_ROLE', 'Somebody who approved it does not hold the role for that any more.')
}

function approvalsOf({ reviews, digest, requester }: Operation) {
  return reviews.filter(
    (one) => one.verdict === 'approve' && one.digest === digest && one.person !== requester.person,
  )
}

/** Slack's own word on everybody whose word counts, at this moment; it cannot be asked: refused. */
async function attested({ attestation }: EngineContext, operation: Operation): Promise<Objection | null> {
  if (operation.follows !== null) return null
  const { requester, channel } = operation
  const users = new Set([requester.user, ...approvalsOf(operation).map(({ user }) => user)])
  for (const user of users) {
    try {
      const { kind, inChannel } = await attestation.attest(user, channel)
      const why = kind === 'member' ? (inChannel ? null : 'has left the channel') : KINDS[kind]
      if (why === null) continue
      const code = kind === 'deactivated' ? 'DEACTIVATED' : 'NO_ROLE'
      return objection('revoked', code, `Slack says that somebody whose word it rests on ${why}.`)
    } catch (thrown) {
      const { message } = coerceError(thrown)
      const says = `Slack cannot be asked whether those who decided it still may, so nothing was done. ${message}`
      return objection('revoked', 'UNAVAILABLE', says)
    }
  }
  return null
}

const KINDS: Readonly<Record<Exclude<UserKind, 'member'>, string>> = {
  guest: 'is a guest now',
  external: 'belongs to another company',
  bot: 'is a bot',
  deactivated: 'has been deactivated',
  unknown: 'is nobody it knows',
}

async function planned(
  { planner }: EngineContext,
  operation: Operation,
  signal: AbortSignal,
): Promise<Objection | null> {
  if (operation.follows !== null) return null
  try {
    const now = await planner.plan(operation.line, askOf(operation), signal)
    if (now.digest === operation.digest) return null
    return objection(
      'stale',
      'STALE_PLAN',
      'The platform has changed since this was planned, and the plan would be another one now. Ask again to see it.',
    )
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    return objection('stale', 'STALE_PLAN', `It cannot be planned any more: ${thrown.message}`)
  }
}

function askOf({ ref, requester, channel, createdAt }: Operation): Ask {
  const at = new Date(createdAt)
  return { ref, surface: 'button', actor: requester, channel, role: null, at }
}

function objection(state: Objection['state'], code: Code, says: string): Objection {
  return { state, code, says }
}
