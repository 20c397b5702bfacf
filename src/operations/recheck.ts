import type { UserKind } from '../core/ask.ts'
import { UserError } from '../core/errors.ts'
import type { Operation } from '../core/operation.ts'
import type { Attestation } from '../core/ports/planner.ts'
import type { EngineContext } from './context.ts'
import {
  approvalsOf,
  askOf,
  type Objection,
  objection,
  objectionTo,
  type Records,
  recordsNow,
} from './standing.ts'

/** Slack cannot be asked at the moment: nothing is done, and it is asked again. */
export interface Unasked {
  readonly state: 'approved'
  /** A whole sentence without its full stop. */
  readonly says: string
}

/** What came of asking everything again. */
export type Rechecked =
  | { readonly objection: Objection | Unasked }
  | { readonly objection: null; readonly records: Records }

/**
 * What was true at the approval is asked again before the first effect: the time, freezes, the roles of the requester and of
 * those who approved, what Slack says of them at this moment, and whether the plan would still be the same. All of it is asked
 * at the same time, and the first that objects, in this order, is what is said.
 */
export async function recheck(
  context: EngineContext,
  operation: Operation,
  signal: AbortSignal,
): Promise<Rechecked> {
  const over = new AbortController()
  const within = AbortSignal.any([signal, over.signal])
  const reading = recordsNow(context)
  const asked = [
    reading.then((records) => inTime(operation, records) ?? objectionTo(context, operation, records)),
    attested(context, operation),
    planned(context, operation, within),
  ]
  // What comes after an objection is not asked about any more, and may fail.
  for (const each of asked) each.catch(() => {})
  try {
    for (const each of asked) {
      const objection = await each
      if (objection !== null) return { objection }
    }
    return { objection: null, records: await reading }
  } finally {
    over.abort()
  }
}

function inTime({ expiresAt }: Operation, { snapshot }: Records): Objection | null {
  if (snapshot.now() < Date.parse(expiresAt)) return null
  return objection('expired', 'EXPIRED', 'Its time was over before it could begin.')
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
