import type { Operation, OperationState } from '../core/operation.ts'
import { planDigest } from '../core/plan.ts'
import type { Proposal } from '../core/ports/operations.ts'
import { PRIORITIES } from '../core/ports/records.ts'
import { storable, storableJson } from './canonical.ts'
import { forDecider } from './operations-faults.ts'
import { cardId, type DeskWork, recordState } from './operations-ledger.ts'
import { type Db, namesOf, newOperationId } from './operations-rows.ts'
import { assertHolds, assertNotBusy, assertNotFrozen, standingOf } from './operations-standing.ts'

/** What a person asked for, as the operation that waits for its decision; with break-glass it waits for none. */
export async function propose(work: DeskWork, proposal: Proposal): Promise<Operation> {
  const { db, settings, ledger } = work
  const { plan, digest, line, requester, channel, breakGlass } = proposal
  if (planDigest(line, plan) !== digest) throw new Error('the digest is not that of the plan')
  const needed = breakGlass === null ? 'member' : 'owner'
  // As with `operation_locked`: what it rests on stays as it is until the commit.
  await db.query('SELECT access_hold()')
  const standing = await standingOf(db, requester, channel, plan)
  assertHolds(standing, { needed, operation: null })
  assertNotFrozen(standing, null)
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
  /** Without a card, until something has to be said. */
  readonly quiet?: boolean
}

/** Adds an operation; its steps and locks follow by themselves. */
export async function insertOperation(db: Db, operation: NewOperation): Promise<void> {
  const { id, command, line, plan, digest, state, requester, channel, environment, reason, ref } = operation
  const {
    breakGlass,
    confirmWithinSeconds,
    undoes,
    follows = null,
    resumes = null,
    minutes,
    quiet = false,
  } = operation
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
      ...[state === 'planned' || quiet ? null : cardId(id), minutes],
    ],
  )
}

/** The security channel, and every owner but the one who did it, also those who are one through a group. */
async function tellOfBrokenGlass({ db, settings, ledger }: DeskWork, operation: Operation): Promise<void> {
  const { id, requester } = operation
  const answer = settings.voice.brokenGlass({ operation, names: await namesOf(db, [requester.user]) })
  const { rows } = await db.query<{ user: string }>(
    `SELECT DISTINCT owner AS "user" FROM role_grant g LEFT JOIN slack_group s USING (group_id),
       unnest(coalesce(s.members, ARRAY[g.user_id])) owner
     WHERE g.role = 'owner' AND (g.until IS NULL OR g.until > clock_timestamp())
       AND owner <> $1 AND NOT EXISTS (SELECT FROM slack_user WHERE user_id = owner AND kind = 'deactivated')
     ORDER BY 1`,
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
