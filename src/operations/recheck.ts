import type { AccessSnapshot } from '../core/access.ts'
import { roleIn } from '../core/access-rules.ts'
import type { Ask, UserKind } from '../core/ask.ts'
import type { Code } from '../core/codes.ts'
import { UserError } from '../core/errors.ts'
import { approvalsNeeded, type Freeze, type Operation, type OperationState } from '../core/operation.ts'
import type { Attestation } from '../core/ports/planner.ts'
import { type Role, reaches } from '../core/roles.ts'
import type { EngineContext } from './context.ts'

/** Slack cannot be asked at the moment: nothing is done, and it is asked again. */
export interface Unasked {
  readonly state: 'approved'
  /** A whole sentence without its full stop. */
  readonly says: string
}

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
 * those who approved, what Slack says of them at this moment, and whether the plan would still be the same. All of it is asked
 * at the same time, and the first that objects, in this order, is what is said.
 */
export async function recheck(
  context: EngineContext,
  operation: Operation,
  signal: AbortSignal,
): Promise<Objection | Unasked | null> {
  const over = new AbortController()
  const within = AbortSignal.any([signal, over.signal])
  const asked = [
    standing(context, operation, inTime),
    attested(context, operation),
    planned(context, operation, within),
  ]
  // What comes after an objection is not asked about any more, and may fail.
  for (const each of asked) each.catch(() => {})
  try {
    for (const each of asked) {
      const found = await each
      if (found !== null) return found
    }
    return null
  } finally {
    over.abort()
  }
}

function inTime({ expiresAt }: Operation, { now }: AccessSnapshot): Objection | null {
  if (now() < Date.parse(expiresAt)) return null
  return objection('expired', 'EXPIRED', 'Its time was over before it could begin.')
}

/** Freezes and Bakery's own records: asked again before every further step, without Slack. */
export async function standing(
  { reader, registry, access }: Pick<EngineContext, 'reader' | 'registry' | 'access'>,
  operation: Operation,
  first: (operation: Operation, snapshot: AccessSnapshot) => Objection | null = () => null,
): Promise<Objection | null> {
  const [snapshot, freezes] = await Promise.all([access.snapshot(), reader.freezes()])
  const found = first(operation, snapshot)
  if (found !== null) return found
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

function approvalsOf({ reviews, digest, requester }: Operation) {
  return reviews.filter(
    (one) => one.verdict === 'approve' && one.digest === digest && one.person !== requester.person,
  )
}

/** Slack's own word on everybody whose word counts, at this moment: its no ends the operation, its silence does not. */
async function attested(
  { attestation }: EngineContext,
  operation: Operation,
): Promise<Objection | Unasked | null> {
  if (operation.follows !== null) return null
  const { requester, channel } = operation
  const users = new Set([requester.user, ...approvalsOf(operation).map(({ user }) => user)])
  const asked = await Promise.allSettled([...users].map((user) => attestation.attest(user, channel)))
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [unfit(one.value)] : []))
  const refused = answers.find((one) => one !== null)
  if (refused) return refused
  return answers.length === asked.length ? null : UNASKED
}

const UNASKED: Unasked = {
  state: 'approved',
  says: 'not begun, because Slack cannot be asked whether those who decided it still may; it is asked again until its time is over',
}

function unfit({ kind, inChannel }: Awaited<ReturnType<Attestation['attest']>>): Objection | null {
  const why = kind === 'member' ? (inChannel ? null : 'has left the channel') : KINDS[kind]
  if (why === null) return null
  const code = kind === 'deactivated' ? 'DEACTIVATED' : 'NO_ROLE'
  return objection('revoked', code, `Slack says that somebody whose word it rests on ${why}.`)
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
    const now = await planner.plan(operation.line, askOf(operation), signal, operation.plan)
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
