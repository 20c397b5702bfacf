import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OperationState } from '../../src/core/operation.ts'
import { TRANSITIONS } from '../../src/core/operation.ts'
import { lockKeys } from '../../src/core/steps.ts'
import { actor, planOf, proposalOf, scaleStep } from '../support/operations.ts'
import { type Opened, open } from './opened.ts'
import { type Decide, decisions, everyRow, seedPeople } from './operations-support.ts'

let opened: Opened
let at: Decide
beforeAll(async () => {
  opened = await open()
  at = decisions(opened)
})
beforeEach(async () => {
  await opened.reset()
  await seedPeople(opened)
})
afterAll(() => opened.close())

const BOB = actor('UBOB')
const ANA = actor('UANA')
const CARL = actor('UCARL')

const proposed = (plan = planOf(), changes: Parameters<typeof proposalOf>[1] = {}) =>
  at((desk) => desk.propose(proposalOf(plan, changes)))
/** Moves the end of its time into the past. */
const expire = (id: string) =>
  opened.admin.query(
    `SET session_replication_role = replica;
     UPDATE operation SET expires_at = clock_timestamp() - interval '1 s' WHERE id = '${id}';
     SET session_replication_role = DEFAULT`,
  )
const stateOf = async (id: string) => (await opened.store.operations.find(id))?.state

describe('proposing a change', () => {
  it('waits for the requester where one stateless service is changed, and for others where more is at stake', async () => {
    expect((await proposed(planOf({ risk: 'change' }))).state).toBe('planned')
    const awaiting = await proposed()
    expect(awaiting).toMatchObject({ state: 'awaiting', card: expect.any(String), reviews: [] })
    expect(awaiting.steps.map(({ n, state }) => `${n} ${state}`)).toEqual(['0 pending'])
    expect(await opened.store.operations.find(awaiting.id)).toEqual(awaiting)
    const { rows } = await opened.admin.query(
      `SELECT kind, decision, operation, person, target FROM audit WHERE operation = $1 ORDER BY seq`,
      [awaiting.id],
    )
    expect(rows).toEqual([
      {
        ...{ kind: 'operation', decision: 'awaiting', operation: awaiting.id },
        ...{ person: 'UBOB', target: 'orders-service' },
      },
      { kind: 'outcome', decision: 'done', operation: awaiting.id, person: 'UBOB', target: null },
    ])
  })

  it('puts its card into the channel, and none while it is only a preview', async () => {
    const { id } = await proposed()
    await proposed(planOf({ risk: 'change', target: 'auth-service' }))
    const cards = await everyRow(opened, 'SELECT key, kind, text, destination FROM outbox')
    expect(cards).toEqual([
      {
        key: `operation:${id}:card`,
        kind: 'approval',
        text: expect.stringContaining(
          'Approval needed for orders-service: Scale orders-service from 2 to 3.',
        ),
        destination: { to: 'channel', channel: 'C1', asker: 'UBOB' },
      },
    ])
  })

  it('is refused to somebody who holds no role in the channel any more', async () => {
    await expect(proposed(planOf(), { requester: actor('UEVE') })).rejects.toMatchObject({ code: 'NO_ROLE' })
    await expect(proposed(planOf(), { channel: 'C2' })).rejects.toMatchObject({ code: 'NO_ROLE' })
    expect(await everyRow(opened, 'SELECT FROM operation')).toEqual([])
  })

  it('takes no digest of another plan', async () => {
    await expect(proposed(planOf(), { digest: 'a'.repeat(64) })).rejects.toThrow('the digest')
  })
})

describe('confirming', () => {
  it('is for whoever asked, and locks what is changed', async () => {
    const { id, digest } = await proposed(planOf({ risk: 'change' }))
    await expect(at((desk) => desk.confirm(id, digest, ANA))).rejects.toMatchObject({ code: 'NO_ROLE' })
    const confirmed = await at((desk) => desk.confirm(id, digest.slice(0, 16), BOB))
    expect(confirmed).toMatchObject({ state: 'approved', card: expect.any(String) })
    expect(await everyRow(opened, 'SELECT key, operation FROM operation_lock')).toEqual(
      lockKeys(confirmed.plan.steps).map((key) => ({ key, operation: id })),
    )
    await expect(at((desk) => desk.confirm(id, digest, BOB))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
      message: expect.stringContaining('was approved'),
    })
  })

  it('does not do for what others have to approve', async () => {
    const { id, digest } = await proposed()
    await expect(at((desk) => desk.confirm(id, digest, BOB))).rejects.toMatchObject({
      ...{
        code: 'SELF_APPROVAL',
        suggestions: [`ask ops decide ${id} ${digest.slice(0, 16)}`, `ops cancel ${id}`],
      },
      message: expect.stringMatching(/^You asked for this yourself/),
    })
    await expect(at((desk) => desk.confirm(id, digest, ANA))).rejects.toMatchObject({
      ...{ code: 'BAD_ARGUMENT', message: expect.stringContaining('waits for approval') },
      suggestions: [`ops decide ${id} ${digest.slice(0, 16)}`],
    })
  })

  it('refuses an edited digest, what has expired, and what is not there', async () => {
    const { id, digest } = await proposed(planOf({ risk: 'change' }))
    for (const wrong of ['0'.repeat(16), digest.slice(0, 15), '', `${digest}0`]) {
      await expect(at((desk) => desk.confirm(id, wrong, BOB))).rejects.toMatchObject({ code: 'STALE_PLAN' })
    }
    await expire(id)
    await expect(at((desk) => desk.confirm(id, digest, BOB))).rejects.toMatchObject({
      code: 'EXPIRED',
      operation: id,
    })
    await expect(at((desk) => desk.confirm('nothere000', digest, BOB))).rejects.toMatchObject({
      code: 'EXPIRED',
    })
  })
})

describe('approving', () => {
  it('is done once, by another person who holds the role', async () => {
    const { id, digest } = await proposed()
    const approve = (by: typeof BOB) => at((desk) => desk.approve(id, digest, by, null))
    await expect(approve(BOB)).rejects.toMatchObject({ code: 'SELF_APPROVAL' })
    await expect(approve(actor('UVERA'))).rejects.toMatchObject({ code: 'NO_ROLE' })
    expect(await stateOf(id)).toBe('awaiting')
    const approved = await approve(ANA)
    expect(approved).toMatchObject({ state: 'approved', reviews: [{ person: 'UANA', verdict: 'approve' }] })
    await expect(approve(CARL)).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
      message: expect.stringContaining('was approved by Ana'),
    })
  })

  it('does not count another account of the same person', async () => {
    const { id, digest } = await proposed(planOf(), { requester: actor('UADA1', 'Ada') })
    await expect(at((desk) => desk.approve(id, digest, actor('UADA2', 'Ada'), null))).rejects.toMatchObject({
      code: 'SELF_APPROVAL',
    })
  })

  it('waits for two where two are asked for, and counts each once', async () => {
    const { id, digest } = await proposed(planOf({ approvals: 2 }))
    expect(await at((desk) => desk.approve(id, digest, ANA, 'looks right'))).toMatchObject({
      state: 'awaiting',
      reviews: [{ reason: 'looks right' }],
    })
    await expect(at((desk) => desk.approve(id, digest, ANA, null))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
    const texts = await everyRow(opened, `SELECT text FROM outbox WHERE update_of IS NOT NULL`)
    expect(texts).toEqual([{ text: expect.stringContaining('1 of 2 have') }])
    expect((await at((desk) => desk.approve(id, digest, CARL, null))).state).toBe('approved')
  })

  it('sees a role that was taken away or given through a group in the same transaction', async () => {
    const { id, digest } = await proposed()
    await opened.admin.query(`DELETE FROM role_grant WHERE user_id = 'UANA'`)
    await expect(at((desk) => desk.approve(id, digest, ANA, null))).rejects.toMatchObject({ code: 'NO_ROLE' })
    await opened.store.mirror.saveGroup('S1', 'oncall', ['UANA'])
    await opened.admin.query(
      `INSERT INTO role_grant (group_id, channel, role, granted_by) VALUES ('S1', 'C1', 'admin', 'UOWN')`,
    )
    expect((await at((desk) => desk.approve(id, digest, ANA, null))).state).toBe('approved')
  })

  it('refuses a deactivated account whatever role it held', async () => {
    const { id, digest } = await proposed()
    await opened.store.mirror.saveUser({ user: 'UANA', team: 'T1', name: 'Ana', kind: 'deactivated' })
    await expect(at((desk) => desk.approve(id, digest, ANA, null))).rejects.toMatchObject({
      code: 'DEACTIVATED',
    })
  })
})

describe('denying', () => {
  it('ends it, and the card says so and by whom', async () => {
    const { id, digest } = await proposed()
    const denied = await at((desk) => desk.deny(id, digest, ANA, 'not before noon'))
    expect(denied).toMatchObject({ state: 'denied', settledAt: expect.any(String) })
    await expect(at((desk) => desk.approve(id, digest, CARL, null))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
      message: expect.stringContaining('was denied by Ana'),
    })
    const [update] = await everyRow(opened, `SELECT text, update_of FROM outbox WHERE update_of IS NOT NULL`)
    expect(update).toMatchObject({
      text: 'Denied, nothing was done: Scale orders-service from 2 to 3. By Ana.',
      update_of: denied.card,
    })
  })

  it('wins over one of two approvals', async () => {
    const { id, digest } = await proposed(planOf({ approvals: 2 }))
    await at((desk) => desk.approve(id, digest, ANA, null))
    expect((await at((desk) => desk.deny(id, digest, CARL, null))).state).toBe('denied')
  })
})

describe('cancelling', () => {
  it('is for whoever asked and for admins, until it has ended', async () => {
    const { id } = await proposed()
    await expect(at((desk) => desk.cancel(id, actor('UVERA')))).rejects.toMatchObject({ code: 'NO_ROLE' })
    expect((await at((desk) => desk.cancel(id, BOB))).state).toBe('cancelled')
    await expect(at((desk) => desk.cancel(id, BOB))).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
    const other = await proposed()
    expect((await at((desk) => desk.cancel(other.id, ANA))).state).toBe('cancelled')
  })

  it('lets what was locked go', async () => {
    const { id, digest } = await proposed()
    await at((desk) => desk.approve(id, digest, ANA, null))
    await at((desk) => desk.cancel(id, BOB))
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toEqual([])
  })
})

describe('what is changed already', () => {
  it('is refused, with the operation that holds it, when it is proposed, confirmed and approved', async () => {
    const first = await proposed()
    const second = await proposed(planOf({ steps: [scaleStep('zeta'), scaleStep('orders-service')] }))
    const third = await proposed(planOf({ risk: 'change' }))
    await at((desk) => desk.approve(first.id, first.digest, ANA, null))
    const message = new RegExp(`^The operation ${first.id} changes .* or look at it\\.$`)
    const suggestions = [`ops show ${first.id}`]
    const busy = { code: 'TARGET_BUSY', message: expect.stringMatching(message), suggestions }
    await expect(at((desk) => desk.approve(second.id, second.digest, ANA, null))).rejects.toMatchObject(busy)
    await expect(at((desk) => desk.confirm(third.id, third.digest, BOB))).rejects.toMatchObject(busy)
    await expect(proposed()).rejects.toMatchObject(busy)
    expect(await everyRow(opened, `SELECT key FROM operation_lock`)).toHaveLength(1)
    expect(await everyRow(opened, `SELECT FROM operation_review WHERE operation = '${second.id}'`)).toEqual(
      [],
    )
    await at((desk) => desk.cancel(first.id, BOB))
    await at((desk) => desk.approve(second.id, second.digest, ANA, null))
    expect(await everyRow(opened, `SELECT key FROM operation_lock ORDER BY key`)).toHaveLength(2)
  })
})

describe('a freeze', () => {
  it('stops proposing, confirming and approving, and says which, why, until when and by whom', async () => {
    const open = await proposed()
    await at((desk) => desk.freeze('orders-service', 3600, 'Christmas sales', ANA))
    const frozen = {
      code: 'FROZEN',
      message: expect.stringMatching(
        /^Changes of orders-service are frozen until .*Z, by Ana: Christmas sales\./,
      ),
    }
    await expect(proposed()).rejects.toMatchObject(frozen)
    await expect(at((desk) => desk.approve(open.id, open.digest, ANA, null))).rejects.toMatchObject(frozen)
    expect((await proposed(planOf({ target: 'auth-service' }))).state).toBe('awaiting')
    expect(await opened.store.operations.freezes()).toMatchObject([{ target: 'orders-service', by: 'UANA' }])
    expect((await at((desk) => desk.deny(open.id, open.digest, ANA, null))).state).toBe('denied')
    expect(await at((desk) => desk.unfreeze('orders-service', CARL))).toHaveLength(1)
    expect(await at((desk) => desk.unfreeze('orders-service', CARL))).toEqual([])
    expect((await proposed()).state).toBe('awaiting')
  })

  it('of all stops everything, until it ends by itself', async () => {
    await at((desk) => desk.freeze(null, null, 'an incident', ANA))
    await expect(proposed(planOf({ target: 'auth-service' }))).rejects.toMatchObject({
      message: expect.stringContaining('All changes are frozen until somebody ends it'),
    })
    await opened.admin.query('UPDATE change_freeze SET until = clock_timestamp()')
    expect((await proposed()).state).toBe('awaiting')
    expect(await opened.store.operations.freezes()).toEqual([])
  })
})

describe('break-glass', () => {
  const OWNER = actor('UOWN')

  it('runs at once for an owner, tells the other owners and the security channel, and stays open', async () => {
    const operation = await proposed(planOf(), { requester: OWNER, breakGlass: 'the shop is down' })
    expect(operation).toMatchObject({
      state: 'approved',
      breakGlass: { reason: 'the shop is down', reviewedBy: null },
    })
    const told = await everyRow(
      opened,
      `SELECT destination, text FROM outbox WHERE key LIKE '%broken-glass%'`,
    )
    expect(told.map(({ destination }) => destination)).toEqual(
      expect.arrayContaining([
        { to: 'channel', channel: 'CSEC' },
        { to: 'person', user: 'UOWN2' },
      ]),
    )
    expect(told).toHaveLength(2)
    expect(told[0].text).toContain('Break-glass: Olivia runs without a second person: Scale orders-service')
    const { list } = opened.store.operations
    expect(await list({ unreviewed: true, limit: 9 })).toHaveLength(1)
    await expect(at((desk) => desk.review(operation.id, OWNER))).rejects.toMatchObject({
      code: 'SELF_APPROVAL',
    })
    await at((desk) => desk.review(operation.id, ANA))
    expect(await list({ unreviewed: true, limit: 9 })).toEqual([])
    await expect(at((desk) => desk.review(operation.id, CARL))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
  })

  it('is told to those who are owners through a group as well, and to nobody who has left', async () => {
    await opened.admin.query(`
      INSERT INTO slack_group (group_id, handle, members) VALUES ('SOWN', 'owners', '{UADA1,UANA,UOWN}');
      INSERT INTO slack_user (user_id, team, name, kind) VALUES ('UADA1', 'T1', 'Ada', 'deactivated');
      INSERT INTO role_grant (group_id, channel, role, granted_by) VALUES ('SOWN', NULL, 'owner', 'seed')`)
    await proposed(planOf(), { requester: OWNER, breakGlass: 'the shop is down' })
    const told = await everyRow(
      opened,
      `SELECT destination ->> 'user' AS user FROM outbox WHERE key LIKE '%broken-glass%' ORDER BY 1`,
    )
    expect(told).toEqual([{ user: 'UANA' }, { user: 'UOWN2' }, { user: null }])
  })

  it('is refused by the database itself to anybody else, and without a reason', async () => {
    const { plan, digest, requester, line } = proposalOf()
    const write = (user: string, reason: string) =>
      opened.store.pool.query(
        `INSERT INTO operation (id, command, line, plan, digest, state, team, user_id, person, user_kind, channel,
           environment, ref, break_glass, card, expires_at)
         VALUES ('0000000000', 'scale', $1, $2, $3, 'approved', $4, $5, $5, 'member', 'C1', 'production', 'K7M2Q9XA',
           $6, gen_random_uuid(), clock_timestamp() + interval '1 hour')`,
        [line, JSON.stringify(plan), digest, requester.team, user, reason],
      )
    const rule = { constraint: 'operation_breaks_glass' }
    await expect(write('UANA', 'I want to')).rejects.toMatchObject(rule)
    await expect(write('UOWN', ' ')).rejects.toMatchObject(rule)
  })

  it('is for owners only, and stops at a freeze', async () => {
    const breakGlass = 'I want to'
    await expect(proposed(planOf(), { requester: ANA, breakGlass })).rejects.toMatchObject({
      code: 'NO_ROLE',
    })
    await at((desk) => desk.freeze(null, null, 'an incident', ANA))
    await expect(proposed(planOf(), { requester: OWNER, breakGlass })).rejects.toMatchObject({
      code: 'FROZEN',
    })
  })
})

describe('a world that has changed', () => {
  it('ends it as stale, with a new proposal in the same transaction', async () => {
    const { id } = await proposed()
    const plan = planOf({ steps: [scaleStep('orders-service', 4, 3)] })
    const next = await at(async (desk) => {
      await desk.outdated(id, 'orders-service runs 4 replicas by now')
      return desk.propose(proposalOf(plan))
    })
    expect(await opened.store.operations.find(id)).toMatchObject({
      ...{ state: 'stale', code: 'STALE_PLAN', outcome: 'orders-service runs 4 replicas by now' },
    })
    expect(next.state).toBe('awaiting')
    const rows = await everyRow(
      opened,
      `SELECT operation, decision, person FROM audit WHERE kind = 'operation' ORDER BY seq`,
    )
    expect(rows.slice(1)).toEqual([
      { operation: id, decision: 'stale', person: 'bakery' },
      { operation: next.id, decision: 'awaiting', person: 'UBOB' },
    ])
  })
})

describe('the database itself', () => {
  it('holds the same transitions as the code', async () => {
    const rows = await everyRow(opened, 'SELECT from_state, to_state FROM operation_transition')
    const kept = rows.map(({ from_state, to_state }) => `${from_state} ${to_state}`).sort()
    const meant = Object.entries(TRANSITIONS).flatMap(([from, next]) => next.map((to) => `${from} ${to}`))
    expect(kept).toEqual(meant.sort())
  })

  it.each(Object.keys(TRANSITIONS) as OperationState[])(
    'lets nothing follow %s but what may',
    async (from) => {
      const { id } = await proposed()
      for (const to of Object.keys(TRANSITIONS) as OperationState[]) {
        if (to === from || TRANSITIONS[from].includes(to)) continue
        await opened.admin.query(
          `SET session_replication_role = replica; UPDATE operation SET state = '${from}' WHERE id = '${id}';
         SET session_replication_role = DEFAULT`,
        )
        await expect(
          opened.admin.query(`UPDATE operation SET state = $1 WHERE id = $2`, [to, id]),
        ).rejects.toMatchObject({ constraint: 'operation_transition' })
      }
    },
  )
})
