import type { Actor, Ask, UserKind } from '../../src/core/ask.ts'
import type { Code } from '../../src/core/codes.ts'
import { coerceError, UserError } from '../../src/core/errors.ts'
import type { Operation } from '../../src/core/operation.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { OperationDesk, Proposal } from '../../src/core/ports/operations.ts'
import type { Planned } from '../../src/core/ports/planner.ts'

/** What a decision about an operation rests on: the operation, and what is true outside at this moment. */
export interface Considered {
  readonly operation: Operation
  /** The plan as it would be now; null: it was not asked for, or it cannot be planned any more. */
  readonly planned: Planned | null
  /** Why it cannot be planned any more; null: it can. */
  readonly unplannable: string | null
}

/** What came of it: the operation as decided about, or as outdated with the new one in its place. */
export type Decided =
  | { readonly stale: false; readonly operation: Operation }
  | {
      readonly stale: true
      readonly operation: Operation
      readonly says: string
      /** Null: there is nothing left to propose. */
      readonly next: { readonly operation: Operation; readonly planned: Planned } | null
    }

type DecisionPorts = Pick<ReadPorts, 'operations' | 'planner' | 'attestation'>

/** An operation is looked at and decided about in its own channel; elsewhere there is none of this name. */
export async function operationHere(
  { operations }: Pick<ReadPorts, 'operations'>,
  id: string,
  { channel, surface }: Pick<Ask, 'channel' | 'surface'>,
): Promise<Operation> {
  const operation = await operations.find(id)
  const isHere = operation?.channel === channel || surface === 'terminal'
  if (operation !== null && isHere) return operation
  throw new UserError(
    'EXPIRED',
    `There is no operation ${id} in this channel. An operation is decided about where it was asked for.`,
    { suggestions: ['ops list'] },
  )
}

/** Asks Slack who decides, and plans again where the operation is in the state in which that counts. */
export async function consider(
  ports: DecisionPorts,
  { id, ask, replanIn }: { id: string; ask: Ask; replanIn: Operation['state'] },
  signal: AbortSignal,
): Promise<Considered> {
  const operation = await operationHere(ports, id, ask)
  const over = new AbortController()
  const within = AbortSignal.any([signal, over.signal])
  const planning = operation.state === replanIn ? planAgain(ports, operation, ask, within) : null
  // Slack's no is what is said, whatever else goes wrong meanwhile.
  planning?.catch(() => {})
  try {
    await assertAttested(ports, ask.actor, operation)
    return { operation, ...((await planning) ?? UNPLANNED) }
  } finally {
    over.abort()
  }
}

const UNPLANNED = { planned: null, unplannable: null } as const

/** As it was asked for; what cannot be planned any more is an answer too. */
async function planAgain(
  { planner }: Pick<ReadPorts, 'planner'>,
  { requester, channel, line, plan }: Operation,
  ask: Ask,
  signal: AbortSignal,
): Promise<Pick<Considered, 'planned' | 'unplannable'>> {
  const asRequested = { ...ask, actor: requester, channel, role: null }
  try {
    return { planned: await planner.plan(line, asRequested, signal, plan), unplannable: null }
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    return { planned: null, unplannable: thrown.message }
  }
}

/** For a decision that needs no plan: the operation, and Slack's word on who decides. */
export async function attestedHere(
  ports: Pick<ReadPorts, 'operations' | 'attestation'>,
  id: string,
  ask: Ask,
): Promise<Operation> {
  const operation = await operationHere(ports, id, ask)
  await assertAttested(ports, ask.actor, operation)
  return operation
}

const UNFIT: Readonly<Record<Exclude<UserKind, 'member'>, Code>> = {
  guest: 'GUEST',
  bot: 'GUEST',
  external: 'EXTERNAL',
  deactivated: 'DEACTIVATED',
  unknown: 'UNAVAILABLE',
}

/** Slack's own word at this moment: whoever decides is a member of the workspace, and in the channel. */
export async function assertAttested(
  { attestation }: Pick<DecisionPorts, 'attestation'>,
  { user }: Actor,
  { id, channel }: Pick<Operation, 'id' | 'channel'>,
): Promise<void> {
  const attested = await attestation.attest(user, channel).catch((thrown: unknown) => {
    throw new UserError(
      'UNAVAILABLE',
      `Slack cannot be asked whether you may decide about the operation ${id}, so nothing was done. Try again in a minute.`,
      { operation: id, cause: coerceError(thrown) },
    )
  })
  if (attested.kind !== 'member') {
    throw new UserError(
      UNFIT[attested.kind],
      `Slack says that this account is no full member of the workspace (${attested.kind}). Nothing was done.`,
      { operation: id },
    )
  }
  if (attested.inChannel) return
  throw new UserError(
    'NO_ROLE',
    `Slack says that you are not in the channel of the operation ${id}. Join it to decide. Nothing was done.`,
    { operation: id },
  )
}

/**
 * Decides when the plan is still the one that was shown; else ends the operation as stale, and proposes the new plan in the
 * same transaction.
 */
export async function decideOrPlanAnew(
  desk: OperationDesk,
  { operation, planned, unplannable }: Considered,
  ref: string,
  decide: () => Promise<Operation>,
): Promise<Decided> {
  const isSame = planned === null || planned.digest === operation.digest
  if (isSame && unplannable === null) return { stale: false, operation: await decide() }
  const says =
    unplannable === null
      ? 'The platform has changed since this was planned, and the plan would be another one now.'
      : `This cannot be planned any more: ${unplannable}`
  const ended = await desk.outdated(operation.id, says)
  if (planned === null || planned.plan.steps.length === 0) {
    return { stale: true, operation: ended, says, next: null }
  }
  const next = await desk.propose(proposalAnew(operation, planned, ref))
  return { stale: true, operation: ended, says, next: { operation: next, planned } }
}

function proposalAnew(
  operation: Operation,
  { command, line, plan, digest, rehearsed }: Planned,
  ref: string,
) {
  const { requester, channel, environment, reason, confirmWithinSeconds, undoes } = operation
  const differences = plan.differences ?? rehearsed
  const proposal: Proposal = {
    ...{ command, line, plan: { ...plan, differences }, digest, requester, channel, environment },
    ...{ reason, ref, confirmWithinSeconds, undoes, breakGlass: null },
  }
  return proposal
}
