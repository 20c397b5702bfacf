import type { PoolClient } from 'pg'
import type { Actor } from '../core/ask.ts'
import { UserError } from '../core/errors.ts'
import type { Operation } from '../core/operation.ts'
import { approvalsNeeded, isFinal } from '../core/operation.ts'
import { decidedByYou, notConfirmed, ownOperation, undoneAlready } from '../core/operation-refusals.ts'
import type { OperationDesk } from '../core/ports/operations.ts'
import { storable } from './canonical.ts'
import { assertInTime, assertSamePlan, assertStill, decided } from './operations-decided.ts'
import { forDecider } from './operations-faults.ts'
import { createFreezeDesk } from './operations-freezes.ts'
import {
  cardId,
  type DeskWork,
  type Doer,
  type Ledger,
  operationEntry,
  recordDecision,
  recordState,
  withCard,
} from './operations-ledger.ts'
import { propose } from './operations-propose.ts'
import { type Db, OPERATION_ROW, type OperationRow, type OperationSettings } from './operations-rows.ts'
import { assertHolds, assertNotFrozen, standingOf } from './operations-standing.ts'

export interface OperationDeskOptions {
  /** Inside a transaction. */
  readonly client: PoolClient
  readonly settings: OperationSettings
  /** Is written when the transaction ends. */
  readonly ledger: Ledger
  /** The request's door and reference. */
  readonly request: Pick<Doer, 'surface' | 'ref'>
}

/** Decisions about operations inside one transaction. The rules that must hold whoever writes are in SQL (0006_operations.sql). */
export function createOperationDesk({
  client,
  settings,
  ledger,
  request,
}: OperationDeskOptions): OperationDesk {
  const work: DeskWork = { db: client, settings, ledger, doer: (actor) => ({ actor, ...request }) }
  return {
    load: async (id) => (await locked(client, id)).whole,
    propose: (proposal) => propose(work, proposal),
    confirm: (id, digest, by) => confirm(work, id, digest, by),
    approve: (id, digest, by, reason) => review(work, { id, digest, by, reason, verdict: 'approve' }),
    deny: (id, digest, by, reason) => review(work, { id, digest, by, reason, verdict: 'deny' }),
    cancel: (id, by) => cancel(work, id, by),
    outdated: (id, says) => outdated(work, id, says),
    resolve: (id, verdict, by, reason) => resolve(work, { id, verdict, by, reason }),
    review: (id, by) => lookedAt(work, id, by),
    ...createFreezeDesk(work),
  }
}

/** Until the transaction ends it stays as it is, and so do the grants and freezes that a decision rests on. */
async function locked(db: Db, id: string): Promise<OperationRow> {
  const { rows } = await db.query<OperationRow>({
    name: 'operation_locked',
    text: `SELECT ${OPERATION_ROW} FROM operation_locked($1)`,
    values: [id],
  })
  const [row] = rows
  if (row === undefined) {
    throw new UserError('EXPIRED', `There is no operation “${storable(id).slice(0, 40)}”.`, {
      suggestions: ['ops list'],
    })
  }
  return row
}

/** Sets columns of the one row; `$1` is the id, the values follow. A rule that it breaks is said to the person. */
async function write(db: Db, id: string, set: string, values: readonly unknown[] = []): Promise<void> {
  await db.query(`UPDATE operation SET ${set} WHERE id = $1`, [id, ...values]).catch(forDecider(id))
}

function isOwn({ requester }: Operation, { person }: Actor): boolean {
  return requester.person === person
}

async function confirm(work: DeskWork, id: string, digest: string, by: Actor): Promise<Operation> {
  const { db } = work
  const { whole, over } = await locked(db, id)
  assertSamePlan(whole, digest)
  if (whole.state === 'succeeded') return keep(work, whole, by)
  if (whole.state === 'awaiting') throw isOwn(whole, by) ? ownOperation(whole) : notConfirmed(whole)
  await assertStill(db, whole, 'planned')
  if (!isOwn(whole, by)) {
    throw new UserError('NO_ROLE', `Only whoever asked for the operation ${id} confirms it.`, {
      operation: id,
    })
  }
  assertInTime(whole, over)
  const standing = await standingOf(db, by, whole.channel, whole.plan)
  assertHolds(standing, { needed: 'member', operation: id })
  assertNotFrozen(standing, id)
  await write(db, id, `state = 'approved', confirmed_by = $2, card = $3`, [by.person, cardId(id)])
  return recordState(db, work.settings, work.ledger, { id, by: work.doer(by), firstCard: true })
}

/** Nobody has to be another person for this: what was done works, and may stay. */
async function keep(work: DeskWork, whole: Operation, by: Actor): Promise<Operation> {
  const { id, channel, confirmUntil, keptBy, undoneBy } = whole
  if (undoneBy !== null) throw undoneAlready(id, undoneBy)
  if (confirmUntil === null || keptBy !== null) {
    throw new UserError('ALREADY_DECIDED', `The operation ${id} has succeeded, and it stays.`, {
      operation: id,
    })
  }
  assertHolds(await standingOf(work.db, by, channel), { needed: 'member', operation: id })
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
  const { whole, over } = await locked(db, id)
  assertSamePlan(whole, digest)
  await assertStill(db, whole, 'awaiting')
  if (isOwn(whole, by)) throw ownOperation(whole)
  if (whole.reviews.some(({ person }) => person === by.person)) throw decidedByYou(id)
  assertInTime(whole, over)
  const standing = await standingOf(db, by, whole.channel, whole.plan)
  assertHolds(standing, { needed: 'admin', operation: id })
  if (verdict === 'approve') assertNotFrozen(standing, id)
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
  const { whole } = await locked(db, id)
  const { state, channel, requester } = whole
  if (isFinal(state) || state === 'needs-human') throw await decided(db, whole)
  const needed = requester.person === by.person ? 'member' : 'admin'
  assertHolds(await standingOf(db, by, channel), { needed, operation: id })
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
  const { whole } = await locked(db, id)
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
  const { whole } = await locked(db, id)
  await assertStill(db, whole, 'needs-human')
  assertHolds(await standingOf(db, by, whole.channel), { needed: 'admin', operation: id })
  await write(db, id, 'state = $2, resolved_by = $3, outcome = $4', [verdict, by.person, storable(reason)])
  return recordState(db, settings, ledger, { id, by: work.doer(by), payload: { reason } })
}

async function lookedAt(work: DeskWork, id: string, by: Actor): Promise<Operation> {
  const { whole } = await locked(work.db, id)
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
  assertHolds(await standingOf(work.db, by, channel), { needed: 'admin', operation: id })
  await write(work.db, id, 'reviewed_by = $2, reviewed_at = clock_timestamp()', [by.person])
  return recordDecision(work, id, by, 'review')
}
