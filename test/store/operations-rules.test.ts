import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actor, planOf, proposalOf } from '../support/operations.ts'
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

/** As a replica that somebody else has taken over: any SQL, as the role that the bot has. */
const asBot = (sql: string, values: readonly unknown[] = []) => opened.store.pool.query(sql, [...values])
const broken = (constraint: string) => ({ constraint })
const forbidden = { code: '42501' }

const awaiting = (changes: Parameters<typeof proposalOf>[1] = {}) =>
  at((desk) => desk.propose(proposalOf(planOf(), changes)))
const REVIEW = `INSERT INTO operation_review (operation, person, user_id, digest, verdict) VALUES ($1, $2, $3, $4, $5)`
const STEP = `INSERT INTO operation_step (operation, n, step) VALUES ($1, 1, '{}')`

describe('the role of the bot', () => {
  it('cannot approve what the same person asked for, under whichever account', async () => {
    const { id, digest } = await awaiting({ requester: actor('UADA1', 'Ada') })
    await expect(asBot(REVIEW, [id, 'Ada', 'UADA2', digest, 'approve'])).rejects.toMatchObject(
      broken('operation_review_by_another'),
    )
    await expect(asBot(REVIEW, [id, 'somebody', 'UADA1', digest, 'approve'])).rejects.toMatchObject(
      broken('operation_review_by_another'),
    )
  })

  it('cannot review twice for one person, another plan, or what does not wait', async () => {
    const { id, digest } = await awaiting()
    await expect(asBot(REVIEW, [id, 'UANA', 'UANA', '0'.repeat(64), 'approve'])).rejects.toMatchObject(
      broken('operation_review_of_this_plan'),
    )
    await asBot(REVIEW, [id, 'UANA', 'UANA', digest, 'approve'])
    await expect(asBot(REVIEW, [id, 'UANA', 'UANA2', digest, 'deny'])).rejects.toMatchObject(
      broken('operation_review_once'),
    )
    await at((desk) => desk.cancel(id, actor('UBOB')))
    await expect(asBot(REVIEW, [id, 'UCARL', 'UCARL', digest, 'approve'])).rejects.toMatchObject(
      broken('operation_review_open'),
    )
    await expect(asBot(REVIEW, ['nothere000', 'UCARL', 'UCARL', digest, 'approve'])).rejects.toThrow()
  })

  it.each([
    ['operation_review', `UPDATE operation_review SET verdict = 'deny'`],
    ['operation_review', 'DELETE FROM operation_review'],
    ['operation_review', 'TRUNCATE operation_review'],
    ['operation', 'DELETE FROM operation'],
    ['operation_step', 'DELETE FROM operation_step'],
    ['operation_lock', 'DELETE FROM operation_lock'],
    ['operation_lock', `INSERT INTO operation_lock VALUES ('x', 'y')`],
    ['operation_transition', `INSERT INTO operation_transition VALUES ('awaiting', 'succeeded')`],
    ['operation_override', 'DELETE FROM operation_override'],
    ['change_freeze', 'DELETE FROM change_freeze'],
    ['operation', 'ALTER TABLE operation DISABLE TRIGGER ALL'],
  ])('may not write %s so: %s', async (_table, sql) => {
    const { id, digest } = await at((desk) => desk.propose(proposalOf()))
    await at((desk) => desk.approve(id, digest, actor('UANA'), null))
    await expect(asBot(sql)).rejects.toMatchObject(forbidden)
  })

  it('may not add steps to a plan', async () => {
    const { id } = await awaiting()
    await expect(asBot(STEP, [id])).rejects.toMatchObject(forbidden)
  })

  it.each([
    ['plan', `'{"steps":[1],"risk":"change","target":"x"}'`],
    ['digest', `repeat('0', 64)`],
    ['line', `'scale auth-service 0'`],
    ['person', `'UEVE'`],
    ['user_id', `'UEVE'`],
    ['channel', `'C2'`],
    ['expires_at', `clock_timestamp() + interval '1 day'`],
    ['created_at', 'clock_timestamp()'],
    ['break_glass', `'why not'`],
    ['follows', `'undo'`],
    ['reason', `'another one'`],
  ])('cannot change the %s of an operation', async (column, value) => {
    const { id } = await awaiting()
    await expect(
      asBot(`UPDATE operation SET ${column} = ${value} WHERE id = $1`, [id]),
    ).rejects.toMatchObject(broken('operation_stays'))
  })

  it('cannot rewrite a step, or take back its writes', async () => {
    const { id } = await awaiting()
    for (const set of [`step = '{}'`, 'n = 7']) {
      await expect(
        asBot(`UPDATE operation_step SET ${set} WHERE operation = $1`, [id]),
      ).rejects.toMatchObject(broken('operation_step_stays'))
    }
    await opened.admin.query(`UPDATE operation_step SET audit_ids = '{a}'`)
    await expect(asBot(`UPDATE operation_step SET audit_ids = '{}'`)).rejects.toMatchObject(
      broken('operation_step_stays'),
    )
  })

  it.each([
    ['approve without a review', `state = 'approved'`, 'operation_quorum'],
    ['deny without a review', `state = 'denied'`, 'operation_quorum'],
    ['run what nobody approved', `state = 'running'`, 'operation_transition'],
    ['succeed at once', `state = 'succeeded'`, 'operation_transition'],
    ['let expire what has time', `state = 'expired'`, 'operation_in_time'],
    ['say that it was reviewed', `reviewed_by = 'UANA'`, 'operation_reviewed_by_another'],
    ['keep what has not succeeded', `kept_by = 'UANA'`, 'operation_in_time'],
    ['take back its fence', 'fence = -1', 'operation_stays'],
  ])('cannot %s', async (_what, set, rule) => {
    const { id } = await awaiting()
    await expect(asBot(`UPDATE operation SET ${set} WHERE id = $1`, [id])).rejects.toMatchObject(broken(rule))
  })

  it('cannot count an approval of two as both of them', async () => {
    const { id, digest } = await at((desk) => desk.propose(proposalOf(planOf({ approvals: 2 }))))
    await asBot(REVIEW, [id, 'UANA', 'UANA', digest, 'approve'])
    await expect(asBot(`UPDATE operation SET state = 'approved' WHERE id = $1`, [id])).rejects.toMatchObject(
      broken('operation_quorum'),
    )
  })

  it('cannot approve past a denial', async () => {
    const { id, digest } = await awaiting()
    await asBot(REVIEW, [id, 'UCARL', 'UCARL', digest, 'deny'])
    await asBot(REVIEW, [id, 'UANA', 'UANA', digest, 'approve'])
    await expect(asBot(`UPDATE operation SET state = 'approved' WHERE id = $1`, [id])).rejects.toMatchObject(
      broken('operation_quorum'),
    )
  })

  it('cannot confirm in somebody else’s name', async () => {
    const { id } = await at((desk) => desk.propose(proposalOf(planOf({ risk: 'change' }))))
    await expect(
      asBot(`UPDATE operation SET state = 'approved', confirmed_by = 'UANA' WHERE id = $1`, [id]),
    ).rejects.toMatchObject(broken('operation_confirmed_by_requester'))
  })

  it('cannot change a state without its audit row, nor with two', async () => {
    const { id } = await awaiting()
    await expect(asBot(`UPDATE operation SET state = 'cancelled' WHERE id = $1`, [id])).rejects.toMatchObject(
      broken('operation_audited'),
    )
    const rows = JSON.stringify(
      [1, 2].map(() => ({
        ...{ kind: 'operation', actor: 'bakery', person: 'bakery', surface: 'schedule', operation: id },
        ...{ decision: 'cancelled', ref: 'X' },
      })),
    )
    const client = await opened.store.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query(`UPDATE operation SET state = 'cancelled' WHERE id = $1`, [id])
      await client.query('SELECT audit_append($1)', [rows])
      await expect(client.query('COMMIT')).rejects.toMatchObject(broken('operation_audited'))
    } finally {
      client.release()
    }
    expect(await everyRow(opened, 'SELECT state FROM operation')).toEqual([{ state: 'awaiting' }])
  })

  it.each([
    ['as approved', `'approved', NULL, NULL, '{"target":"x","risk":"destructive","steps":[{"ref":{}}]}'`],
    ['as running', `'running', NULL, NULL, '{"target":"x","risk":"change","steps":[{"ref":{}}]}'`],
    ['as a mere change', `'planned', NULL, NULL, '{"target":"x","risk":"destructive","steps":[{"ref":{}}]}'`],
    ['of no risk', `'planned', NULL, NULL, '{"target":"x","risk":"read","steps":[{"ref":{}}]}'`],
    ['without steps', `'planned', NULL, NULL, '{"target":"x","risk":"change","steps":[]}'`],
    [
      'as the end of nothing',
      `'approved', 'undo', NULL, '{"target":"x","risk":"change","steps":[{"ref":{}}]}'`,
    ],
    ['as a resumption', `'approved', 'resume', NULL, '{"target":"x","risk":"change","steps":[{"ref":{}}]}'`],
  ])('cannot begin an operation %s', async (_how, values) => {
    await expect(
      asBot(`INSERT INTO operation (state, follows, undoes, plan, id, command, line, digest, team, user_id, person,
          user_kind, channel, environment, ref, expires_at)
        VALUES (${values}, 'abcdefghij', 'scale', 'scale x 1', repeat('0', 64), 'T1', 'UBOB', 'UBOB', 'member', 'C1',
          'production', 'R', clock_timestamp() + interval '1 h')`),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^(23514|23502)$/) })
  })

  it('cannot revive what has ended, nor change how it ended', async () => {
    const { id, digest } = await awaiting()
    await at((desk) => desk.deny(id, digest, actor('UANA'), null))
    for (const state of ['awaiting', 'approved', 'running', 'cancelled', 'expired']) {
      await expect(asBot('UPDATE operation SET state = $2 WHERE id = $1', [id, state])).rejects.toMatchObject(
        broken('operation_transition'),
      )
    }
    await expect(
      asBot(`UPDATE operation SET outcome = 'it went well' WHERE id = $1`, [id]),
    ).rejects.toMatchObject(broken('operation_stays'))
  })
})

describe('the owner of the tables', () => {
  it('does not rewrite what was decided by accident', async () => {
    const { id, digest } = await awaiting()
    await at((desk) => desk.approve(id, digest, actor('UANA'), null))
    for (const sql of [
      `UPDATE operation_review SET verdict = 'deny'`,
      'DELETE FROM operation_review',
      'DELETE FROM operation_step',
      'DELETE FROM operation',
    ]) {
      await expect(opened.admin.query(sql)).rejects.toMatchObject(forbidden)
    }
  })
})
