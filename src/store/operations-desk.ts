import type { PoolClient } from 'pg'
import type { Actor } from '../core/ask.ts'
import { UserError } from '../core/errors.ts'
import type { Operation, OperationState } from '../core/operation.ts'
import { approvalsNeeded, isFinal } from '../core/operation.ts'
import { DIGEST_SHOWN, planDigest } from '../core/plan.ts'
import type { OperationDesk, Proposal } from '../core/ports/operations.ts'
import { PRIORITIES } from '../core/ports/records.ts'
import { storable, storableJson } from './canonical.ts'
import { forDecider, selfApproval, stale } from './operations-faults.ts'
import { createFreezeDesk } from './operations-freezes.ts'
import {
  cardId,
  cardMessages,
  type Doer,
  type Ledger,
  operationEntry,
  recordState,
} from './operations-ledger.ts'
import {
  type Db,
  namesOf,
  newOperationId,
  type OperationRow,
  type OperationSettings,
  readOperation,
  theOperation,
} from './operations-rows.ts'
import { assertHolds, assertNotBusy, assertNotFrozen } from './operations-standing.ts'

export interface OperationDeskOptions {
  /** Inside a transaction. */
  readonly client: PoolClient
  readonly settings: OperationSettings
  /** Is written when the transaction ends. */
  readonly ledger: Ledger
  /** The request's door and reference. */
  readonly request: Pick<Doer, 'surface' | 'ref'>
}

/** What every verb works with. */
export interface DeskWork {
  readonly db: Db
  readonly settings: OperationSettings
  readonly ledger: Ledger
  doer(actor: Actor): Doer
}

/** Decisions about operations inside one transaction. The rules that must hold whoever writes are in SQL (0006_operations.sql). */
export function createOperationDesk({
  client,
  settings,
  ledger,
  request,
}: OperationDeskOptions): OperationDesk {
  let held: Promise<unknown> | null = null
  /** Grants and freezes that a decision rests on stay as they are until it commits. */
  const holding =
    <Given extends readonly unknown[], Result>(verb: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      held ??= client.query('SELECT access_hold()')
      await held
      return verb(...given)
    }
  const work: DeskWork = { db: client, settings, ledger, doer: (actor) => ({ actor, ...request }) }
  return {
    load: holding(async (id) => (await loaded(client, id)).whole),
    propose: holding((proposal) => propose(work, proposal)),
    confirm: holding((id, digest, by) => confirm(work, id, digest, by)),
    approve: holding((id, digest, by, reason) =>
      review(work, { id, digest, by, reason, verdict: 'approve' }),
    ),
    deny: holding((id, digest, by, reason) => review(work, { id, digest, by, reason, verdict: 'deny' })),
    cancel: holding((id, by) => cancel(work, id, by)),
    outdated: holding((id, says) => outdated(work, id, says)),
    resolve: holding((id, verdict, by, reason) => resolve(work, { id, verdict, by, reason })),
    review: holding((id, by) => lookedAt(work, id, by)),
    ...createFreezeDesk(work),
  }
}

/** Locked until the transaction ends. */
async function loaded(db: Db, id: string): Promise<OperationRow> {
  await db.query('SELECT FROM operation WHERE id = $1 FOR UPDATE', [id])
  const row = await readOperation(db, id)
  if (row === null) {
    throw new UserError('EXPIRED', `There is no operation “${storable(id).slice(0, 40)}”. See: ops list.`, {
      suggestions: ['ops list'],
    })
  }
  return row
}

/** Sets columns of the one row; `$1` is the id, the values follow. A rule that it breaks is said to the person. */
async function write(db: Db, id: string, set: string, values: readonly unknown[] = []): Promise<void> {
  await db.query(`UPDATE operation SET ${set} WHERE id = $1`, [id, ...values]).catch(forDecider(id))
}

async function propose(work: DeskWork, proposal: Proposal): Promise<Operation> {
  const { db, settings, ledger } = work
  const { plan, digest, line, requester, channel, breakGlass } = proposal
  if (planDigest(line, plan) !== digest) throw new Error('the digest is not that of the plan')
  const needed = breakGlass === null ? 'member' : 'owner'
  await assertHolds(db, requester, { channel, needed, operation: null })
  await assertNotFrozen(db, plan, null)
  await assertNotBusy(db, plan)
  const state = breakGlass !== null ? 'approved' : plan.risk === 'change' ? 'planned' : 'awaiting'
  const id = newOperationId()
  await insertOperation(db, { ...proposal, id, state, minutes: settings.expireMinutes }).catch(forDecider(id))
  const operation = await recordState(db, settings, ledger, {
    ...{ id, by: work.doer(requester), firstCard: true },
    payload: { line, headline: plan.headline, steps: plan.steps, reason: proposal.reason, breakGlass },
  })
  if (breakGlass !== null) await tellOfBrokenGlass(work, operation)
  return operation
}

type NewOperation = Omit<Proposal, 'breakGlass'> & {
  readonly id: string
  readonly state: OperationState
  readonly minutes: number
  readonly breakGlass: string | null
  readonly follows?: 'undo' | 'resume'
  readonly resumes?: string
}

/** Adds an operation; its steps and locks follow by themselves. */
export async function insertOperation(db: Db, operation: NewOperation): Promise<void> {
  const { id, command, line, plan, digest, state, requester, channel, environment, reason, ref } = operation
  const { breakGlass, confirmWithinSeconds, undoes, follows = null, resumes = null, minutes } = operation
  const { team, user, person, kind } = requester
  const said = (text: string | null) => (text === null ? null : storable(text))
  await db.query(
    `INSERT INTO operation (id, command, line, plan, digest, state, team, user_id, person, user_kind, channel,
       environment, reason, ref, break_glass, confirm_within, undoes, follows, resumes, card, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
       clock_timestamp() + make_interval(mins => $21))`,
    [
      ...[id, command, storable(line), storableJson(plan), digest, state, team, user, person, kind, channel],
      ...[environment, said(reason), ref, said(breakGlass), confirmWithinSeconds, undoes, follows, resumes],
      ...[state === 'planned' ? null : cardId(id), minutes],
    ],
  )
}

/** The security channel, and every owner but the one who did it. */
async function tellOfBrokenGlass({ db, settings, ledger }: DeskWork, operation: Operation): Promise<void> {
  const { id, requester } = operation
  const answer = settings.voice.brokenGlass({ operation, names: await namesOf(db, [requester.user]) })
  const { rows } = await db.query<{ user: string }>(
    `SELECT DISTINCT user_id AS "user" FROM role_grant WHERE role = 'owner' AND user_id IS NOT NULL
       AND user_id <> $1 AND (until IS NULL OR until > clock_timestamp()) ORDER BY 1`,
    [requester.user],
  )
  const everyone = [
    { to: 'channel', channel: settings.securityChannel } as const,
    ...rows.map(({ user }) => ({ to: 'person', user }) as const),
  ]
  for (const destination of everyone) {
    const place = destination.to === 'person' ? destination.user : destination.channel
    const key = `operation:${id}:broken-glass:${place}`
    ledger.messages.push({ key, destination, priority: PRIORITIES.approval, answer })
  }
}

async function confirm(work: DeskWork, id: string, digest: string, by: Actor): Promise<Operation> {
  const { db } = work
  const { whole, over } = await loaded(db, id)
  assertSamePlan(whole, digest)
  if (whole.state === 'succeeded') return keep(work, whole, by)
  if (whole.state === 'awaiting') throw selfApproval(id)
  await assertStill(db, whole, 'planned')
  if (whole.requester.person !== by.person) {
    throw new UserError('NO_ROLE', `Only whoever asked for the operation ${id} confirms it.`, {
      operation: id,
    })
  }
  assertInTime(whole, over)
  await assertHolds(db, by, { channel: whole.channel, needed: 'member', operation: id })
  await assertNotFrozen(db, whole.plan, id)
  await write(db, id, `state = 'approved', confirmed_by = $2, card = $3`, [by.person, cardId(id)])
  return recordState(db, work.settings, work.ledger, { id, by: work.doer(by), firstCard: true })
}

/** Nobody has to be another person for this: what was done works, and may stay. */
async function keep(work: DeskWork, whole: Operation, by: Actor): Promise<Operation> {
  const { id, channel, confirmUntil, keptBy } = whole
  if (confirmUntil === null || keptBy !== null) {
    throw new UserError('ALREADY_DECIDED', `The operation ${id} has succeeded, and it stays.`, {
      operation: id,
    })
  }
  await assertHolds(work.db, by, { channel, needed: 'member', operation: id })
  await write(work.db, id, 'kept_by = $2', [by.user])
  return recordDecision(work, id, by, 'keep')
}

interface Verdict {
  readonly id: string
  readonly digest: string
  readonly by: Actor
  readonly reason: string | null
  readonly verdict: 'approve' | 'deny'
}

/** Under the lock of the operation: whoever commits first has decided. */
async function review(work: DeskWork, { id, digest, by, reason, verdict }: Verdict): Promise<Operation> {
  const { db, settings, ledger } = work
  const { whole, over } = await loaded(db, id)
  assertSamePlan(whole, digest)
  await assertStill(db, whole, 'awaiting')
  if (whole.requester.person === by.person) throw selfApproval(id)
  if (whole.reviews.some(({ person }) => person === by.person)) {
    throw new UserError('ALREADY_DECIDED', `You have approved the operation ${id} already.`, {
      operation: id,
    })
  }
  assertInTime(whole, over)
  await assertHolds(db, by, { channel: whole.channel, needed: 'admin', operation: id })
  if (verdict === 'approve') await assertNotFrozen(db, whole.plan, id)
  await db
    .query(
      'INSERT INTO operation_review (operation, person, user_id, digest, verdict, reason) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, by.person, by.user, whole.digest, verdict, reason === null ? null : storable(reason)],
    )
    .catch(forDecider(id))
  const doer = work.doer(by)
  ledger.entries.push(
    operationEntry('review', whole, doer, { decision: verdict, code: null, payload: { reason } }),
  )
  const approved = whole.reviews.length + 1
  if (verdict === 'approve' && approved < approvalsNeeded(whole.plan)) return withCard(work, id)
  await write(db, id, 'state = $2', [verdict === 'approve' ? 'approved' : 'denied'])
  return recordState(db, settings, ledger, { id, by: doer })
}

async function cancel(work: DeskWork, id: string, by: Actor): Promise<Operation> {
  const { db, settings, ledger } = work
  const { whole } = await loaded(db, id)
  const { state, channel, requester } = whole
  if (isFinal(state) || state === 'needs-human') throw await decided(db, whole)
  const needed = requester.person === by.person ? 'member' : 'admin'
  await assertHolds(db, by, { channel, needed, operation: id })
  if (state === 'planned' || state === 'awaiting' || state === 'approved') {
    await write(db, id, `state = 'cancelled'`)
    return recordState(db, settings, ledger, { id, by: work.doer(by) })
  }
  if (whole.cancelRequested) {
    throw new UserError('ALREADY_DECIDED', `The operation ${id} is being cancelled already.`, {
      operation: id,
    })
  }
  await write(db, id, 'cancel_requested = true')
  return recordDecision(work, id, by, 'cancel')
}

async function outdated(work: DeskWork, id: string, says: string): Promise<Operation> {
  const { db, settings, ledger } = work
  const { whole } = await loaded(db, id)
  if (!['planned', 'awaiting', 'approved'].includes(whole.state)) throw await decided(db, whole)
  await write(db, id, `state = 'stale', code = 'STALE_PLAN', outcome = $2`, [storable(says)])
  return recordState(db, settings, ledger, { id, by: { ...work.doer(whole.requester), actor: null } })
}

async function resolve(
  work: DeskWork,
  facts: { id: string; verdict: 'succeeded' | 'failed'; by: Actor; reason: string },
): Promise<Operation> {
  const { db, settings, ledger } = work
  const { id, verdict, by, reason } = facts
  const { whole } = await loaded(db, id)
  await assertStill(db, whole, 'needs-human')
  await assertHolds(db, by, { channel: whole.channel, needed: 'admin', operation: id })
  await write(db, id, 'state = $2, resolved_by = $3, outcome = $4', [verdict, by.person, storable(reason)])
  return recordState(db, settings, ledger, { id, by: work.doer(by), payload: { reason } })
}

async function lookedAt(work: DeskWork, id: string, by: Actor): Promise<Operation> {
  const { whole } = await loaded(work.db, id)
  const { breakGlass, channel } = whole
  if (breakGlass === null) {
    throw new UserError('BAD_ARGUMENT', `The operation ${id} was not run without a second person.`, {
      operation: id,
    })
  }
  if (breakGlass.reviewedBy !== null) {
    throw new UserError(
      'ALREADY_DECIDED',
      `The operation ${id} was reviewed by ${breakGlass.reviewedBy} already.`,
      { operation: id },
    )
  }
  await assertHolds(work.db, by, { channel, needed: 'admin', operation: id })
  await write(work.db, id, 'reviewed_by = $2, reviewed_at = clock_timestamp()', [by.person])
  return recordDecision(work, id, by, 'review')
}

/** A decision that leaves the state as it is. */
async function recordDecision(work: DeskWork, id: string, by: Actor, decision: string): Promise<Operation> {
  const whole = await withCard(work, id)
  work.ledger.entries.push(operationEntry('review', whole, work.doer(by), { decision, code: null }))
  return whole
}

async function withCard({ db, settings, ledger }: DeskWork, id: string): Promise<Operation> {
  // The version counts up with every write, and each update of a card has a key of its own.
  await db.query('UPDATE operation SET version = version WHERE id = $1', [id])
  const row = await theOperation(db, id)
  ledger.operation ??= id
  ledger.messages.push(...(await cardMessages(db, settings, row, false)))
  return row.whole
}

function assertSamePlan({ id, digest }: Operation, given: string): void {
  if (given.length < DIGEST_SHOWN || !digest.startsWith(given)) throw stale(id)
}

function assertInTime({ id, line }: Operation, over: boolean): void {
  if (!over) return
  throw new UserError('EXPIRED', `The time of the operation ${id} is over. Ask for it again.`, {
    operation: id,
    suggestions: [line],
  })
}

async function assertStill(db: Db, whole: Operation, state: OperationState): Promise<void> {
  if (whole.state !== state) throw await decided(db, whole)
}

const STANDS: Readonly<Record<OperationState, string>> = {
  planned: 'waits for whoever asked for it to confirm it',
  awaiting: 'waits for another person’s approval',
  approved: 'was approved',
  running: 'is running',
  verifying: 'is running',
  unknown: 'is being found out about',
  reconciling: 'is being found out about',
  'needs-human': 'waits for a person to say how it ended',
  succeeded: 'has succeeded',
  failed: 'has failed',
  denied: 'was denied',
  expired: 'has expired',
  stale: 'was ended because the world had changed',
  revoked: 'was ended because somebody’s role was taken away',
  cancelled: 'was cancelled',
}

/** What became of it, and by whom. */
async function decided(db: Db, { id, state, reviews }: Operation): Promise<UserError> {
  const last = state === 'approved' || state === 'denied' ? reviews.at(-1) : undefined
  const names = last && (await namesOf(db, [last.user]))
  const by = last === undefined ? '' : ` by ${names?.get(last.user) ?? last.person}`
  const code = state === 'expired' ? 'EXPIRED' : 'ALREADY_DECIDED'
  return new UserError(code, `The operation ${id} ${STANDS[state]}${by}. Nothing was done now.`, {
    operation: id,
    suggestions: [`ops show ${id}`],
  })
}
