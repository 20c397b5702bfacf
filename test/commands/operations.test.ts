import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { approvals } from '../../commands/approvals.ts'
import { freeze } from '../../commands/freeze.ts'
import { commands } from '../../commands/index.ts'
import { opsApprove } from '../../commands/ops-approve.ts'
import { opsCancel } from '../../commands/ops-cancel.ts'
import { opsConfirm } from '../../commands/ops-confirm.ts'
import { opsDecide } from '../../commands/ops-decide.ts'
import { opsDeny } from '../../commands/ops-deny.ts'
import { opsList } from '../../commands/ops-list.ts'
import { opsResolve } from '../../commands/ops-resolve.ts'
import { opsReview } from '../../commands/ops-review.ts'
import { opsShow } from '../../commands/ops-show.ts'
import { overrides } from '../../commands/overrides.ts'
import { secondsUntil } from '../../commands/shared/freezes.ts'
import { unfreeze } from '../../commands/unfreeze.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { Ask, UserKind } from '../../src/core/ask.ts'
import type { Admin, AdminOutcome, Query } from '../../src/core/command.ts'
import { DependencyError, UserError } from '../../src/core/errors.ts'
import type { Operation } from '../../src/core/operation.ts'
import { type Plan, planDigest } from '../../src/core/plan.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { Proposal } from '../../src/core/ports/operations.ts'
import { seal } from '../../src/core/seal.ts'
import { plainAnswer } from '../../src/views/plain.ts'
import { done, type Opened, open, received } from '../store/opened.ts'
import { type Decide, decisions, everyRow, seedPeople } from '../store/operations-support.ts'
import { actor, planOf, proposalOf, scaleStep } from '../support/operations.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, grant, NOW, snapshotOf } from '../support/snapshot.ts'

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

const snapshot = snapshotOf({
  users: { UBOB: 'member', UANA: 'member', UCARL: 'member', UVERA: 'member', UOWN: 'member' },
  channels: { C1: false },
  grants: [
    grant({ user: 'UOWN', role: 'owner' }),
    grant({ user: 'UBOB', channel: 'C1', role: 'member' }),
    grant({ user: 'UANA', channel: 'C1', role: 'admin' }),
  ],
  bindings: [{ channel: 'C1', families: ['changes'], environment: 'production' }],
})
const ask = (user: string, role: Ask['role'] = 'admin', more: Partial<Ask> = {}) =>
  askOf({ user, person: user, role, channel: 'C1', zone: 'Europe/Madrid', ...more })

interface World {
  /** As it would be planned now. */
  readonly plan?: Plan
  /** Why it cannot be planned. */
  readonly problem?: Error
  readonly kind?: UserKind
  readonly inChannel?: boolean
  readonly slackIsDown?: boolean
}

function portsOf({ plan, problem, kind = 'member', inChannel = true, slackIsDown }: World = {}): ReadPorts {
  return ownPorts(snapshot, commands, {
    operations: opened.store.operations,
    planner: {
      async plan(line) {
        if (problem) throw problem
        if (!plan) throw new Error('nothing is planned in this test')
        return { command: 'scale', line, plan, digest: planDigest(line, plan), rehearsed: [] }
      },
      undo: () => planOf(),
    },
    attestation: {
      async attest() {
        if (!slackIsDown) return { kind, inChannel }
        const facts = { dependency: 'slack', operation: 'users.info', message: 'Slack does not answer.' }
        throw new DependencyError(facts)
      },
    },
  })
}

/** Decides as the runner does: everything in the transaction that ends the request. */
async function decide(command: Admin, args: object, by: Ask, world: World = {}): Promise<AdminOutcome> {
  const act = await command.prepare(args, portsOf(world), by, AbortSignal.timeout(5000))
  let outcome: AdminOutcome | undefined
  await opened.store.journal.perform(await received(opened.store), async (desk) => {
    outcome = await act(desk)
    return { outcome: done, messages: [] }
  })
  if (outcome === undefined) throw new Error('the request had ended before')
  inLimits(outcome.answer)
  return outcome
}

async function refused(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.code
    throw thrown
  }
  throw new Error('it was not refused')
}

async function query(command: Query, args: object, by: Ask) {
  const { answer, data } = await command.run(args, portsOf(), by, AbortSignal.timeout(5000))
  return { answer, data, shown: plainAnswer(answer), offers: inLimits(answer).offers.map(({ line }) => line) }
}

function inLimits(answer: AdminOutcome['answer']) {
  const sealed = seal({ answer, outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })
  expect(limitFaults(sealed.blocks)).toEqual([])
  return sealed
}

const propose = (plan = planOf(), changes: Partial<Proposal> = {}): Promise<Operation> =>
  at((desk) => desk.propose(proposalOf(plan, changes)))
const find = (id: string) => opened.store.operations.find(id)
const args = ({ id, digest }: Operation, more: object = {}) => ({
  operation: id,
  digest: digest.slice(0, 16),
  ...more,
})

describe('ops approve', () => {
  it('plans again, asks Slack, and approves what is still the same', async () => {
    const operation = await propose()
    const { answer, code } = await decide(opsApprove, args(operation), ask('UANA'), { plan: operation.plan })
    expect(answer).toMatchObject({
      audience: 'requester',
      text: 'You approved: Scale orders-service from 2 to 3. It begins in a moment.',
    })
    expect(code).toBeNull()
    expect((await find(operation.id))?.state).toBe('approved')
  })

  it('says who is still needed', async () => {
    const operation = await propose(planOf({ approvals: 2 }))
    const { answer } = await decide(opsApprove, args(operation), ask('UANA'), { plan: operation.plan })
    expect(answer.text).toContain('It waits for 2 other persons to approve it; 1 of 2 have.')
  })

  it('ends it as stale and shows the new plan when the platform has changed', async () => {
    const operation = await propose()
    const plan = planOf({ steps: [scaleStep('orders-service', 4, 3)], headline: 'Scale it from 4 to 3' })
    const { answer, code } = await decide(opsApprove, args(operation), ask('UANA'), { plan })
    expect(code).toBe('STALE_PLAN')
    expect(answer.text).toMatch(/The platform has changed .* STALE_PLAN · ref K7M2Q9XA$/)
    expect(await find(operation.id)).toMatchObject({ state: 'stale', reviews: [] })
    const [next] = await opened.store.operations.list({ states: ['awaiting'], limit: 9 })
    expect(next).toMatchObject({ plan: { headline: 'Scale it from 4 to 3' }, requester: { user: 'UBOB' } })
    expect(answer.text).toContain(next?.id)
    const cards = await everyRow(opened, `SELECT text FROM outbox ORDER BY seq`)
    expect(cards.map(({ text }) => text)).toEqual([
      expect.stringContaining('Approval needed for orders-service'),
      expect.stringContaining('Not done, the platform has changed'),
      expect.stringContaining('Scale it from 4 to 3'),
    ])
  })

  it('ends it as stale without another when it cannot be planned, or has nothing left to do', async () => {
    const gone = await propose()
    const problem = new UserError('BAD_ARGUMENT', 'There is no orders-service any more.')
    const first = await decide(opsApprove, args(gone), ask('UANA'), { problem })
    expect(first.answer.text).toContain(
      'was not done. This cannot be planned any more: There is no orders-service any more.',
    )
    const idle = await propose()
    const second = await decide(opsApprove, args(idle), ask('UANA'), { plan: planOf({ steps: [] }) })
    expect(second.answer.text).toContain('There is nothing left to do.')
    expect(await opened.store.operations.list({ states: ['awaiting'], limit: 9 })).toEqual([])
  })

  it('changes nothing when the cluster cannot be asked', async () => {
    const operation = await propose()
    const problem = new DependencyError({ dependency: 'kubernetes', operation: 'get', message: 'away' })
    await expect(decide(opsApprove, args(operation), ask('UANA'), { problem })).rejects.toThrow('away')
    expect((await find(operation.id))?.state).toBe('awaiting')
  })

  it.each([
    ['GUEST', { kind: 'guest' }],
    ['EXTERNAL', { kind: 'external' }],
    ['DEACTIVATED', { kind: 'deactivated' }],
    ['UNAVAILABLE', { kind: 'unknown' }],
    ['NO_ROLE', { inChannel: false }],
    ['UNAVAILABLE', { slackIsDown: true }],
  ] as const)('is refused with %s when Slack says %o', async (code, world) => {
    const operation = await propose()
    for (const command of [opsApprove, opsDeny]) {
      const work = decide(command, args(operation), ask('UANA'), { plan: operation.plan, ...world })
      expect(await refused(work)).toBe(code)
    }
    expect(await find(operation.id)).toMatchObject({ state: 'awaiting', reviews: [] })
  })

  it('is refused to whoever asked, also when the platform has changed', async () => {
    const operation = await propose(planOf(), { requester: actor('UANA') })
    const plan = planOf({ steps: [scaleStep('orders-service', 4, 3)] })
    expect(await refused(decide(opsApprove, args(operation), ask('UANA'), { plan }))).toBe('SELF_APPROVAL')
    expect((await find(operation.id))?.state).toBe('awaiting')
  })

  it('knows no operation of another channel', async () => {
    const operation = await propose()
    const elsewhere = ask('UANA', 'admin', { channel: 'C2' })
    for (const command of [opsApprove, opsDeny, opsConfirm]) {
      expect(await refused(decide(command, args(operation), elsewhere))).toBe('EXPIRED')
    }
    expect(await refused(query(opsShow, { operation: operation.id }, elsewhere))).toBe('EXPIRED')
  })
})

describe('ops confirm', () => {
  const change = planOf({ risk: 'change' })

  it('does what was previewed', async () => {
    const operation = await propose(change)
    const { answer } = await decide(opsConfirm, args(operation), ask('UBOB', 'member'), { plan: change })
    expect(answer.text).toBe('Confirmed: Scale orders-service from 2 to 3. The channel shows how it goes.')
    expect((await find(operation.id))?.state).toBe('approved')
  })

  it('shows the new preview, with a button of its own, when the platform has changed', async () => {
    const operation = await propose(change)
    const plan = planOf({ risk: 'change', steps: [scaleStep('orders-service', 4, 3)] })
    const { answer, code } = await decide(opsConfirm, args(operation), ask('UBOB', 'member'), { plan })
    const [next] = await opened.store.operations.list({ states: ['planned'], limit: 9 })
    expect(code).toBe('STALE_PLAN')
    expect(answer).toMatchObject({ kind: 'preview', audience: 'requester' })
    expect(answer.text).toMatch(/STALE_PLAN · ref K7M2Q9XA$/)
    expect(JSON.stringify(answer.blocks)).toContain(`${next?.id}.${next?.digest.slice(0, 16)}`)
    expect((await find(operation.id))?.state).toBe('stale')
  })

  it('is for whoever asked', async () => {
    const operation = await propose(change)
    expect(await refused(decide(opsConfirm, args(operation), ask('UANA'), { plan: planOf() }))).toBe(
      'NO_ROLE',
    )
    expect((await find(operation.id))?.state).toBe('planned')
  })
})

describe('ops deny and ops cancel', () => {
  it('end it and say so', async () => {
    const first = await propose()
    const denied = await decide(opsDeny, args(first, { reason: 'not today' }), ask('UANA'))
    expect(denied.answer.text).toBe('You denied: Scale orders-service from 2 to 3. Nothing is done.')
    const second = await propose()
    const cancelled = await decide(opsCancel, { operation: second.id }, ask('UBOB', 'member'))
    expect(cancelled.answer.text).toBe('Cancelled: Scale orders-service from 2 to 3. Nothing was done.')
    expect(await refused(decide(opsCancel, { operation: second.id }, ask('UBOB', 'member')))).toBe(
      'ALREADY_DECIDED',
    )
  })
})

describe('ops decide', () => {
  it('opens what the database has, with the operation and what was shown of its plan', async () => {
    const operation = await propose(
      planOf({ warnings: [{ code: 'UNDONE_BY_FLUX', text: 'Flux undoes it.' }] }),
    )
    const { answer, shown } = await query(opsDecide, args(operation), ask('UANA'))
    expect(answer.dialog).toMatchObject({
      callbackId: 'decide',
      metadata: `${operation.id}.${operation.digest.slice(0, 16)}`,
    })
    expect(limitFaults(answer.dialog?.blocks ?? [])).toEqual([])
    expect(
      answer.dialog?.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : [])),
    ).toEqual(['verdict', 'reason'])
    for (const fact of ['orders-service', 'UNDONE_BY_FLUX', 'more orders', 'ubob', 'destructive']) {
      expect(shown.toLowerCase()).toContain(fact.toLowerCase())
    }
    expect(shown).toContain(operation.digest.slice(0, 16))
  })

  it('opens with “deny” chosen for whoever clicked that, and with nothing for whoever clicked “Approve”', async () => {
    const operation = await propose()
    const chosen = async (more: object) => {
      const { answer } = await query(opsDecide, args(operation, more), ask('UANA'))
      const verdict = answer.dialog?.blocks.find(
        (block) => block.type === 'input' && block.block_id === 'verdict',
      )
      return verdict?.type === 'input' && verdict.element.type === 'radio_buttons'
        ? verdict.element.initial_option?.value
        : 'there is no verdict'
    }
    expect(await chosen({ deny: true })).toBe('deny')
    expect(await chosen({})).toBeUndefined()
  })

  it('refuses an edited digest, one’s own, and a second decision, and what has ended', async () => {
    const operation = await propose(planOf({ approvals: 2 }))
    const wrong = { operation: operation.id, digest: '0'.repeat(16) }
    expect(await refused(query(opsDecide, wrong, ask('UANA')))).toBe('STALE_PLAN')
    expect(await refused(query(opsDecide, args(operation), ask('UBOB')))).toBe('SELF_APPROVAL')
    await at((desk) => desk.approve(operation.id, operation.digest, actor('UANA'), null))
    expect(await refused(query(opsDecide, args(operation), ask('UANA')))).toBe('ALREADY_DECIDED')
    await at((desk) => desk.deny(operation.id, operation.digest, actor('UCARL'), null))
    expect(await refused(query(opsDecide, args(operation), ask('UOWN')))).toBe('ALREADY_DECIDED')
  })
})

describe('whoever lacks the role and clicks', () => {
  it.each([
    [`ops decide 4f7k2m9x0q ${'0'.repeat(16)}`, 'Approving or denying a change needs the role admin'],
    [`ops confirm 4f7k2m9x0q ${'0'.repeat(16)}`, 'Confirming a change needs the role member'],
    ['ops cancel 4f7k2m9x0q', 'Taking back a change needs the role member'],
    ['ops undo 4f7k2m9x0q', 'Undoing a change needs the role member'],
    [
      'ops review 4f7k2m9x0q',
      'Reviewing a change that was made without a second person needs the role admin',
    ],
    ['ops resolve 4f7k2m9x0q failed', 'Saying how a change ended needs the role admin'],
  ])('on a button for “%s” is told what it takes in words that they know', (line, says) => {
    const { registry } = portsOf()
    const { command } = registry.resolve(line)
    expect(registry.decide(command, ask('UVERA', 'viewer'), snapshot)).toMatchObject({
      code: 'NO_ROLE',
      message: expect.stringContaining(`${says} in this channel; `),
    })
  })
})

describe('ops list, ops show and approvals', () => {
  it('list what was asked for here, and only what is open or of one service where that is asked', async () => {
    const open = await propose()
    const ended = await propose(planOf({ target: 'auth-service' }))
    await at((desk) => desk.cancel(ended.id, actor('UBOB')))
    await opened.admin.query(
      `INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES ('UBOB', 'C2', 'member', 'UOWN')`,
    )
    await propose(planOf({ target: 'stock-service' }), { channel: 'C2' })
    const all = await query(opsList, {}, ask('UVERA', 'viewer'))
    expect(all.answer.text).toBe('Operations: 2 operations, newest first.')
    expect(all.offers).toEqual([`ops show ${ended.id}`, `ops show ${open.id}`])
    expect(all.shown).toMatch(/cancelled/i)
    expect(all.shown).toMatch(/Scale auth-service from 2 to 3.*Asked by ubob/)
    const some = await query(opsList, { open: true }, ask('UVERA', 'viewer'))
    expect(some.offers).toEqual([`ops show ${open.id}`])
    const none = await query(opsList, { service: 'auth-service', open: true }, ask('UVERA', 'viewer'))
    expect(none.answer.text).toBe('Operations: 0 open operations here.')
    const terminal = ask('root', null, { surface: 'terminal', channel: null })
    expect((await query(opsList, {}, terminal)).data).toHaveLength(3)
  })

  it('show who decided what and when, and each write', async () => {
    const operation = await propose()
    await at((desk) => desk.approve(operation.id, operation.digest, actor('UANA'), 'checked'))
    const { engine } = opened.store
    const claim = await engine.claim(30)
    if (claim === null) throw new Error('nothing to claim')
    const how = { says: null, code: null, messages: [] }
    await engine.move(claim, 'running', how)
    await engine.intent(claim, 0, null)
    await engine.settle(claim, 0, { state: 'done', auditId: 'audit-7', says: 'all are ready' })
    for (const to of ['verifying', 'succeeded'] as const) await engine.move(claim, to, how)
    const { answer, shown } = await query(opsShow, { operation: operation.id }, ask('UVERA', 'viewer'))
    expect(answer.text).toBe(`Operation ${operation.id} succeeded: Scale orders-service from 2 to 3.`)
    for (const fact of ['ana approved it', ': checked', 'audit-7', 'All are ready', operation.ref]) {
      expect(shown).toContain(fact)
    }
  })

  it('show each person what they may decide, and nobody their own', async () => {
    const { id } = await propose()
    const breakGlass = 'the shop is down'
    const plan = planOf({ target: 'auth-service' })
    const broken = await propose(plan, { requester: actor('UOWN'), breakGlass })
    const ana = await query(approvals, {}, ask('UANA'))
    expect(ana.answer.text).toBe('Approvals: 2 decisions for you here.')
    expect(ana.shown).toContain(id)
    expect(JSON.stringify(ana.answer.blocks)).toContain(
      `"action_id":"review","value":"${broken.id}.${broken.digest.slice(0, 16)}"`,
    )
    expect((await query(approvals, {}, ask('UOWN', 'owner'))).answer.text).toContain('1 decision for you')
    expect((await query(approvals, {}, ask('UBOB', 'member'))).answer.text).toContain('Nothing waits')
  })
})

describe('ops resolve and ops review', () => {
  it('are for another person, and the channel reads it', async () => {
    const operation = await propose()
    await at((desk) => desk.approve(operation.id, operation.digest, actor('UANA'), null))
    const { engine } = opened.store
    const claim = await engine.claim(30)
    if (claim === null) throw new Error('nothing to claim')
    const how = { says: null, code: null, messages: [] }
    for (const to of ['running', 'needs-human'] as const) await engine.move(claim, to, how)
    const verdict = { operation: operation.id, verdict: 'failed', reason: 'no new pod came' }
    await opened.admin.query(`UPDATE role_grant SET role = 'admin' WHERE user_id = 'UBOB'`)
    expect(await refused(decide(opsResolve, verdict, ask('UBOB')))).toBe('SELF_APPROVAL')
    const { answer } = await decide(opsResolve, verdict, ask('UANA'))
    expect(answer).toMatchObject({
      audience: 'channel',
      text: 'Scale orders-service from 2 to 3: failed, says UANA: no new pod came.',
    })
  })

  it('close what was done without a second person', async () => {
    const operation = await propose(planOf(), { requester: actor('UOWN'), breakGlass: 'the shop is down' })
    expect(await refused(decide(opsReview, { operation: operation.id }, ask('UOWN', 'owner')))).toBe(
      'SELF_APPROVAL',
    )
    const { answer } = await decide(opsReview, { operation: operation.id }, ask('UANA'))
    expect(answer.text).toContain('Reviewed by UANA: Scale orders-service from 2 to 3')
    expect((await query(approvals, {}, ask('UANA'))).answer.text).toContain('Nothing waits')
  })
})

describe('freeze and unfreeze', () => {
  const why = { reason: 'Christmas sales' }

  it('stop changes of one service for a while, say so, and let them go on', async () => {
    const frozen = await decide(freeze, { service: 'orders', for: '2h', ...why }, ask('UANA'))
    expect(frozen.answer.text).toMatch(
      /^Changes of orders-service are frozen until .* \(.* UTC\), by UANA: Christmas sales\.$/,
    )
    expect(frozen.announcement?.text).toContain('Frozen by UANA.')
    expect(await refused(propose())).toBe('FROZEN')
    const { answer, shown } = await query(overrides, {}, ask('UVERA', 'viewer'))
    expect(answer.text).toBe('Overrides and freezes: 0 overrides, 1 freeze.')
    expect(shown).toContain('Christmas sales')
    const ended = await decide(unfreeze, { service: 'orders-service' }, ask('UANA'))
    expect(ended.answer.text).toBe('Changes of orders-service go on: the freeze has ended.')
    expect(await refused(decide(unfreeze, { service: 'orders' }, ask('UANA')))).toBe('ALREADY_DECIDED')
    expect((await propose()).state).toBe('awaiting')
  })

  it('are for an owner where all is meant, also when the role is lost meanwhile', async () => {
    for (const service of ['all', undefined]) {
      expect(await refused(decide(freeze, { service, ...why }, ask('UANA')))).toBe('NO_ROLE')
      expect(await refused(decide(unfreeze, { service }, ask('UANA')))).toBe('NO_ROLE')
    }
    const { answer } = await decide(freeze, { service: 'all', ...why }, ask('UOWN', 'owner'))
    expect(answer.text).toBe('All changes are frozen until somebody ends it, by UOWN: Christmas sales.')
    await decide(unfreeze, {}, ask('UOWN', 'owner'))
    expect(await opened.store.operations.freezes()).toEqual([])
  })

  it.each([
    ['both ends', { for: '2h', until: '18:00' }],
    ['a moment that is over', { until: '2020-01-01T00:00:00Z' }],
    ['no time at all', { until: 'tomorrow' }],
    ['a service that is none', { service: 'nonsense-servic' }],
  ])('refuse %s', async (_what, given) => {
    const work = decide(freeze, { service: 'orders', ...given, ...why }, ask('UANA'))
    expect(await refused(work)).toBe('BAD_ARGUMENT')
    expect(await opened.store.operations.freezes()).toEqual([])
  })

  it('take a time of day in the platform’s zone', () => {
    const now = new Date(NOW)
    expect(secondsUntil('06:30', now, 'Europe/Madrid')).toBe(30 * 60)
    expect(secondsUntil('05:30', now, 'Europe/Madrid')).toBe((23 * 60 + 30) * 60)
    expect(secondsUntil('2026-11-23T05:10:00Z', now, 'UTC')).toBe(600)
    for (const wrong of ['25:00', '18:60', '', 'noon', '2026-11-23T04:00:00Z']) {
      expect(secondsUntil(wrong, now, 'UTC')).toBeNull()
    }
  })
})
