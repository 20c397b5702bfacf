import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Operation, OperationState } from '../../src/core/operation.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Claim } from '../../src/core/ports/operations.ts'
import type { Step } from '../../src/core/steps.ts'
import { actor, planOf, proposalOf, scaleStep } from '../support/operations.ts'
import { eventually } from './eventually.ts'
import { message, type Opened, open } from './opened.ts'
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

const ANA = actor('UANA')
const engine = () => opened.store.engine
const how = { says: null, code: null, messages: [] }

async function approved(
  plan: Plan = planOf(),
  changes: Parameters<typeof proposalOf>[1] = {},
): Promise<Operation> {
  const { id, digest } = await at((desk) => desk.propose(proposalOf(plan, changes)))
  return at((desk) => desk.approve(id, digest, ANA, null))
}

async function claimed(leaseSeconds = 30): Promise<Claim> {
  const claim = await engine().claim(leaseSeconds)
  if (claim === null) throw new Error('there was nothing to claim')
  return claim
}

async function running(plan?: Plan, changes?: Parameters<typeof proposalOf>[1]): Promise<Claim> {
  await approved(plan, changes)
  const claim = await claimed()
  expect(await engine().move(claim, 'running', how)).toBe(true)
  return claim
}

/** As the owner of the tables, past every rule: only time is moved so. */
const backdate = (sql: string) =>
  opened.admin.query(`SET session_replication_role = replica; ${sql}; SET session_replication_role = DEFAULT`)
const loseLease = () => backdate(`UPDATE operation SET lease_until = clock_timestamp() - interval '1 ms'`)
const find = async (id: string) => {
  const found = await opened.store.operations.find(id)
  if (found === null) throw new Error(`no operation ${id}`)
  return found
}
const audited = (kind: string) =>
  everyRow(
    opened,
    `SELECT target, decision, person, operation FROM audit WHERE kind = '${kind}' ORDER BY seq`,
  )

describe('a claim', () => {
  it('is of one process at a time, oldest first, and leaves the state as it is', async () => {
    const first = await approved()
    const second = await approved(planOf({ target: 'auth-service' }))
    const other = await opened.another()
    const claims = await Promise.all([engine().claim(30), other.engine.claim(30), other.engine.claim(30)])
    expect(claims.map((claim) => claim?.operation.id ?? null).sort()).toEqual(
      [first.id, second.id, null].sort(),
    )
    expect((await find(first.id)).state).toBe('approved')
  })

  it('takes nothing that waits for people, has expired or has ended', async () => {
    await at((desk) => desk.propose(proposalOf()))
    await at((desk) => desk.propose(proposalOf(planOf({ risk: 'change', target: 'auth-service' }))))
    const { id } = await approved(planOf({ target: 'stock-service' }))
    await backdate(`UPDATE operation SET expires_at = clock_timestamp() WHERE id = '${id}'`)
    expect(await engine().claim(30)).toBeNull()
  })

  it('passes to the next process with a higher fence when its lease is over, and the first changes nothing any more', async () => {
    const first = await running()
    expect(await engine().intent(first, 0, null)).toBe(true)
    await loseLease()
    const other = await opened.another()
    const second = await other.engine.claim(30)
    if (second === null) throw new Error('the operation was not taken over')
    expect(BigInt(second.fence)).toBeGreaterThan(BigInt(first.fence))
    expect(second.operation).toMatchObject({ state: 'running', steps: [{ state: 'intent' }] })
    const before = await everyRow(opened, 'SELECT count(*)::int AS n FROM audit')
    const late = [
      await engine().renew(first, 30),
      await engine().intent(first, 0, null),
      await engine().settle(first, 0, { state: 'done', auditId: 'a', says: null }),
      await engine().move(first, 'verifying', how),
      await engine().tell(first, [message('late')]),
      await engine().release(first),
    ]
    expect(late).toEqual([null, false, false, false, false, false])
    expect(await everyRow(opened, 'SELECT count(*)::int AS n FROM audit')).toEqual(before)
    expect(await everyRow(opened, `SELECT FROM outbox WHERE text = 'late'`)).toEqual([])
    expect(await other.engine.settle(second, 0, { state: 'done', auditId: null, says: null })).toBe(true)
  })

  it('is renewed with news, and given up at once', async () => {
    const claim = await running()
    await at((desk) => desk.cancel(claim.operation.id, actor('UBOB')))
    const renewed = await engine().renew(claim, 30)
    expect(renewed).toMatchObject({ fence: claim.fence, operation: { cancelRequested: true } })
    expect(renewed?.until).toBeGreaterThan(claim.until)
    await expect(at((desk) => desk.cancel(claim.operation.id, actor('UBOB')))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
    expect(await engine().release(claim)).toBe(true)
    expect((await claimed()).operation.id).toBe(claim.operation.id)
  })

  it('ends when somebody cancels before it runs', async () => {
    const { id } = await approved()
    const claim = await claimed()
    await at((desk) => desk.cancel(id, actor('UBOB')))
    expect(await engine().move(claim, 'running', how)).toBe(false)
    expect((await find(id)).state).toBe('cancelled')
  })
})

describe('a step', () => {
  it('has its intent written down before, and what became of it with the API server’s own ids', async () => {
    const claim = await running()
    const { id } = claim.operation
    await engine().intent(claim, 0, { resourceVersion: '7' })
    await engine().settle(claim, 0, { state: 'sent', auditId: 'audit-1', says: '1 of 3 pods are ready' })
    await engine().settle(claim, 0, { state: 'done', auditId: 'audit-1', says: 'all are ready' })
    expect((await find(id)).steps).toMatchObject([
      {
        ...{ n: 0, state: 'done', before: { resourceVersion: '7' }, auditIds: ['audit-1'] },
        ...{ says: 'all are ready', intentAt: expect.any(String), settledAt: expect.any(String) },
      },
    ])
    const target = 'Deployment/orders-service'
    expect(await audited('step')).toEqual(
      ['intent', 'sent', 'done'].map((decision) => ({ target, decision, person: 'bakery', operation: id })),
    )
  })

  it('is tried again only after it was proved that nothing had happened', async () => {
    const claim = await running()
    await engine().intent(claim, 0, null)
    await expect(engine().intent(claim, 0, null)).rejects.toThrow('23514')
    await engine().settle(claim, 0, { state: 'unknown', auditId: null, says: null })
    await expect(engine().intent(claim, 0, null)).rejects.toThrow('23514')
    await engine().settle(claim, 0, { state: 'absent', auditId: null, says: null })
    expect(await engine().intent(claim, 0, null)).toBe(true)
    await engine().settle(claim, 0, { state: 'done', auditId: null, says: null })
    await expect(engine().intent(claim, 0, null)).rejects.toThrow('23514')
    await expect(engine().intent(claim, 9, null)).rejects.toThrow('no step 9')
  })

  it('is not begun before its operation runs', async () => {
    await approved()
    await expect(engine().intent(await claimed(), 0, null)).rejects.toThrow('23514')
  })
})

describe('the beginning of an operation', () => {
  const version = async () => (await opened.store.access.snapshot()).version
  const begin = async (claim: Claim, asOf: bigint) => engine().begin(claim, 0, { resourceVersion: '7' }, asOf)

  it('is that it runs and its first intent, in one commit, and its card says so', async () => {
    const { id } = await approved()
    expect(await begin(await claimed(), await version())).toBe('begun')
    expect(await find(id)).toMatchObject({
      state: 'running',
      steps: [{ state: 'intent', before: { resourceVersion: '7' } }],
    })
    const rows = await everyRow(
      opened,
      `SELECT kind, decision FROM audit WHERE operation = '${id}' ORDER BY seq DESC LIMIT 2`,
    )
    expect(rows).toEqual([
      { kind: 'step', decision: 'intent' },
      { kind: 'operation', decision: 'running' },
    ])
    const [card] = await everyRow(opened, 'SELECT text FROM outbox ORDER BY seq DESC LIMIT 1')
    expect(card.text).toContain('Under way: Scale orders-service from 2 to 3.')
  })

  it.each([
    ['a freeze', () => at((desk) => desk.freeze(null, 60, 'the shops are open', actor('UOWN')))],
    [
      'a role',
      () =>
        opened.admin.query(`UPDATE role_grant SET role = 'viewer' WHERE user_id = 'UANA' AND channel = 'C1'`),
    ],
    ['what Slack says of a person', () => opened.admin.query(`UPDATE slack_user SET kind = 'guest'`)],
  ])('does not come about when %s has changed since it was looked at again', async (_what, change) => {
    const { id } = await approved()
    const claim = await claimed()
    const asOf = await version()
    await change()
    expect(await begin(claim, asOf)).toBe('outdated')
    expect(await find(id)).toMatchObject({ state: 'approved', steps: [{ state: 'pending' }] })
    expect(await begin(claim, await version())).toBe('begun')
  })

  it('does not come about under a claim that is over, when it was cancelled, or a second time', async () => {
    await approved()
    const lost = await claimed()
    await loseLease()
    expect(await begin(lost, await version())).toBe('lost')
    const claim = await claimed()
    expect(await begin(claim, await version())).toBe('begun')
    await expect(begin(claim, await version())).rejects.toThrow('23514')
    const { id } = await approved(planOf({ target: 'auth-service' }), { line: 'scale auth-service 3' })
    const another = await claimed()
    await at((desk) => desk.cancel(id, actor('UBOB')))
    expect(await begin(another, await version())).toBe('lost')
  })
})

describe('a change of state', () => {
  it('has one audit row, and its card in the same commit', async () => {
    const claim = await running()
    const { id } = claim.operation
    for (const to of ['verifying', 'succeeded'] as const) await engine().move(claim, to, how)
    expect((await audited('operation')).map(({ decision }) => decision)).toEqual([
      ...['awaiting', 'approved', 'running', 'verifying', 'succeeded'],
    ])
    const updates = await everyRow(
      opened,
      'SELECT text, version FROM outbox WHERE update_of IS NOT NULL ORDER BY seq',
    )
    expect(updates.map(({ version }) => version)).toEqual([2, 3, 4, 5])
    expect(updates.at(-1).text).toContain('Succeeded: Scale orders-service from 2 to 3.')
    expect(await find(id)).toMatchObject({ state: 'succeeded', settledAt: expect.any(String) })
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toEqual([])
    expect(await engine().move(claim, 'failed', how)).toBe(false)
  })

  it('takes the engine’s own card instead of another one', async () => {
    const claim = await running()
    const { card, id } = claim.operation
    if (card === null) throw new Error('an approved operation has a card')
    const own = message('my own card', { to: 'update', of: card })
    await engine().move(claim, 'verifying', { ...how, messages: [own] })
    const texts = await everyRow(opened, `SELECT text FROM outbox WHERE update_of = '${card}' ORDER BY seq`)
    expect(texts.map(({ text }) => text).slice(2)).toEqual(['my own card'])
    await engine().tell(claim, [])
    expect(await everyRow(opened, `SELECT FROM outbox WHERE update_of = '${card}'`)).toHaveLength(4)
    expect((await find(id)).state).toBe('verifying')
  })

  it('says nothing of progress when it was cancelled while somebody held it', async () => {
    await approved()
    const claim = await claimed()
    const { card, id } = claim.operation
    await at((desk) => desk.cancel(id, actor('UBOB')))
    await engine().tell(claim, [message('it is about to begin', { to: 'update', of: card ?? '' })])
    const texts = await everyRow(opened, `SELECT text FROM outbox WHERE update_of = '${card}' ORDER BY seq`)
    expect(texts.at(-1).text).toContain('Cancelled')
  })

  it.each([
    ['approved', 'succeeded'],
    ['running', 'succeeded'],
    ['verifying', 'approved'],
  ] as const)('from %s to %s is a fault, and changes nothing', async (from, to) => {
    await approved()
    const claim = await claimed()
    const path: Partial<Record<OperationState, readonly OperationState[]>> = {
      running: ['running'],
      verifying: ['running', 'verifying'],
    }
    for (const state of path[from] ?? []) await engine().move(claim, state, how)
    await expect(engine().move(claim, to, how)).rejects.toThrow('23514')
    expect((await find(claim.operation.id)).state).toBe(from)
  })
})

describe('what nobody could find out', () => {
  async function needsHuman(): Promise<string> {
    const claim = await running()
    await engine().move(claim, 'needs-human', { ...how, says: 'the API server did not say' })
    return claim.operation.id
  }

  it('keeps what it changes locked until another person says how it ended', async () => {
    const id = await needsHuman()
    expect(await engine().claim(30)).toBeNull()
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toHaveLength(1)
    await expect(at((desk) => desk.cancel(id, actor('UBOB')))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
    await opened.admin.query(`UPDATE role_grant SET role = 'admin' WHERE user_id = 'UBOB'`)
    await expect(
      at((desk) => desk.resolve(id, 'succeeded', actor('UBOB'), 'I looked')),
    ).rejects.toMatchObject({ code: 'SELF_APPROVAL' })
    const resolved = await at((desk) => desk.resolve(id, 'failed', ANA, 'no new pod came'))
    expect(resolved).toMatchObject({ state: 'failed', outcome: 'no new pod came' })
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toEqual([])
    await expect(at((desk) => desk.resolve(id, 'succeeded', ANA, 'again'))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
  })
})

describe('what ends by time', () => {
  it('expires once, by the clock of the database, and the card says so', async () => {
    const { id } = await at((desk) => desk.propose(proposalOf()))
    expect(await engine().due(9)).toEqual([])
    await backdate(`UPDATE operation SET expires_at = clock_timestamp() WHERE id = '${id}'`)
    const other = await opened.another()
    const due = (await Promise.all([engine().due(9), other.engine.due(9), engine().due(9)])).flat()
    expect(due).toMatchObject([{ kind: 'expired', operation: { id, state: 'expired', code: 'EXPIRED' } }])
    const [card] = await everyRow(opened, `SELECT text FROM outbox WHERE update_of IS NOT NULL`)
    expect(card.text).toBe('Expired, nothing was done: Scale orders-service from 2 to 3.')
    expect(await audited('operation')).toMatchObject([{ decision: 'awaiting' }, { decision: 'expired' }])
  })

  async function succeeded(): Promise<Operation> {
    const claim = await running(planOf(), { confirmWithinSeconds: 600 })
    await engine().intent(claim, 0, null)
    await engine().settle(claim, 0, { state: 'done', auditId: 'audit-1', says: null })
    for (const to of ['verifying', 'succeeded'] as const) await engine().move(claim, to, how)
    return find(claim.operation.id)
  }
  const undoing = planOf({ steps: [scaleStep('orders-service', 3, 2)] })
  const back = { command: 'ops undo', line: 'ops undo x', plan: undoing }

  it('is undone once unless somebody says that it may stay', async () => {
    const { id, confirmUntil } = await succeeded()
    expect(Math.abs(Date.parse(confirmUntil ?? '') - Date.now() - 600_000)).toBeLessThan(60_000)
    expect(await engine().due(9)).toEqual([])
    await backdate(`UPDATE operation SET confirm_until = clock_timestamp()`)
    expect(await engine().due(9)).toMatchObject([{ kind: 'unconfirmed', operation: { id } }])
    const other = await opened.another()
    const cause = { kind: 'undo', operation: id } as const
    const begun = await Promise.all([
      engine().follow(cause, back),
      other.engine.follow(cause, back),
      engine().follow(cause, back),
    ])
    const [undo, ...more] = begun.filter((one) => one !== null)
    expect(more).toEqual([])
    expect(undo).toMatchObject({ state: 'approved', undoes: id, follows: 'undo', card: expect.any(String) })
    expect(await find(id)).toMatchObject({ undoneBy: undo?.id })
    expect(await engine().due(9)).toEqual([])
  })

  /** The card in the channel, as it was last to be shown. */
  const cardNow = async (id: string) => {
    const [last] = await everyRow(
      opened,
      `SELECT text FROM outbox WHERE key LIKE 'operation:${id}:card%' ORDER BY seq DESC LIMIT 1`,
    )
    return String(last?.text)
  }
  async function undoneBy(
    to: 'succeeded' | 'stale',
  ): Promise<{ id: string; digest: string; undo: Operation }> {
    const { id, digest } = await succeeded()
    await backdate(`UPDATE operation SET confirm_until = clock_timestamp()`)
    const undo = await engine().follow({ kind: 'undo', operation: id }, back)
    if (undo === null) throw new Error('nothing undoes it')
    const claim = await engine().claim(30)
    if (claim === null) throw new Error('nothing to claim')
    for (const state of to === 'stale'
      ? (['running', 'stale'] as const)
      : (['running', 'verifying', 'succeeded'] as const))
      await engine().move(claim, state, how)
    return { id, digest, undo }
  }

  it('says what undoes it on its own card, and cannot be kept any more', async () => {
    const { id, digest, undo } = await undoneBy('succeeded')
    expect(await cardNow(id)).toContain(`Operation ${undo.id} undoes it.`)
    await expect(at((desk) => desk.confirm(id, digest, ANA))).rejects.toMatchObject({
      ...{ code: 'ALREADY_DECIDED', suggestions: [`ops show ${undo.id}`] },
      message: expect.stringContaining('does not stay'),
    })
    expect(await find(id)).toMatchObject({ keptBy: null })
  })

  it('says that undoing it by itself did not come about, and offers that to people', async () => {
    const { id } = await undoneBy('stale')
    expect(await find(id)).toMatchObject({ undoneBy: null, confirmUntil: null })
    expect(await cardNow(id)).toMatch(/undoing it by itself did not come about.* It can still be undone\.$/)
    expect(await engine().due(9)).toEqual([])
  })

  it('stays when somebody confirms it in time', async () => {
    const { id, digest } = await succeeded()
    expect(await at((desk) => desk.confirm(id, digest, ANA))).toMatchObject({ keptBy: 'UANA' })
    await expect(at((desk) => desk.confirm(id, digest, ANA))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
    await backdate(`UPDATE operation SET confirm_until = clock_timestamp()`)
    expect(await engine().due(9)).toEqual([])
    expect(await engine().follow({ kind: 'undo', operation: id }, back)).toBeNull()
  })

  it('cannot be kept any more when its time is over', async () => {
    const { id, digest } = await succeeded()
    await backdate(`UPDATE operation SET confirm_until = clock_timestamp()`)
    await expect(at((desk) => desk.confirm(id, digest, ANA))).rejects.toMatchObject({ code: 'EXPIRED' })
  })

  it('waits for nobody any more when nothing can put it back, which is told and written down once', async () => {
    const { id, digest } = await succeeded()
    await engine().stays(id)
    expect(await find(id)).toMatchObject({ confirmUntil: expect.any(String) })
    await backdate(`UPDATE operation SET confirm_until = clock_timestamp()`)
    const cards = `SELECT FROM outbox WHERE update_of IS NOT NULL`
    const before = (await everyRow(opened, cards)).length
    const other = await opened.another()
    await Promise.all([engine().stays(id), other.engine.stays(id), engine().stays(id)])
    expect(await engine().due(9)).toEqual([])
    expect(await find(id)).toMatchObject({ state: 'succeeded', confirmUntil: null, keptBy: null })
    expect((await audited('review')).at(-1)).toMatchObject({
      decision: 'stay',
      person: 'bakery',
      operation: id,
    })
    expect(await audited('review')).toHaveLength(2)
    expect(await everyRow(opened, cards)).toHaveLength(before + 1)
    await expect(at((desk) => desk.confirm(id, digest, ANA))).rejects.toMatchObject({
      code: 'ALREADY_DECIDED',
    })
  })

  it('is left alone while somebody’s own undo is under way or has succeeded, and undone when that fails', async () => {
    const { id } = await succeeded()
    await backdate(`UPDATE operation SET confirm_until = clock_timestamp()`)
    await approved(undoing, { undoes: id, line: 'ops undo y' })
    expect(await engine().due(9)).toEqual([])
    await engine().move(await claimed(), 'failed', how)
    expect(await engine().due(9)).toMatchObject([{ kind: 'unconfirmed', operation: { id } }])
    await approved(undoing, { undoes: id, line: 'ops undo z' })
    const claim = await claimed()
    for (const to of ['running', 'verifying', 'succeeded'] as const) await engine().move(claim, to, how)
    expect(await engine().due(9)).toEqual([])
  })

  it('waits while its objects are busy', async () => {
    const { id } = await succeeded()
    await approved()
    expect(await engine().follow({ kind: 'undo', operation: id }, back)).toBeNull()
  })
})

describe('an override', () => {
  const suspend = (suspended: boolean): Step => ({
    kind: 'suspend',
    ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'apps', uid: 'uid-apps' },
    suspended,
  })
  const plan = planOf({
    steps: [suspend(true), scaleStep()],
    resume: { afterSeconds: 3600, steps: [suspend(false)], says: 'Flux looks after apps again' },
  })
  const resume = {
    ...{ command: 'overrides', line: 'overrides' },
    plan: planOf({ steps: [suspend(false)], headline: 'Give apps back to Flux' }),
  }

  it('is stored when the operation begins, and goes when nothing of it was done', async () => {
    const claim = await running(plan)
    expect(await opened.store.operations.overrides()).toMatchObject([
      {
        ...{ operation: claim.operation.id, owner: 'UBOB', says: 'Flux looks after apps again' },
        ...{ target: 'orders-service', channel: 'C1', endedAt: null },
      },
    ])
    await engine().move(claim, 'stale', how)
    expect(await opened.store.operations.overrides()).toEqual([])
  })

  async function overridden() {
    const claim = await running(plan)
    await engine().intent(claim, 0, null)
    await engine().settle(claim, 0, { state: 'done', auditId: null, says: null })
    await engine().move(claim, 'failed', how)
    const [override] = await opened.store.operations.overrides()
    if (override === undefined) throw new Error('there is no override')
    return override
  }

  it('reminds its owner once, is given back once, and ends with what gave it back', async () => {
    const { id } = await overridden()
    await backdate(`UPDATE operation_override SET until = clock_timestamp() + interval '10 minutes',
       began_at = clock_timestamp() - interval '50 minutes'`)
    expect(await engine().due(9)).toMatchObject([{ kind: 'remind', override: { id } }])
    const [told] = await everyRow(opened, `SELECT text, destination FROM outbox WHERE key LIKE 'override:%'`)
    expect(told).toMatchObject({
      destination: { to: 'person', user: 'UBOB' },
      text: expect.stringContaining('orders-service goes back to git at'),
    })
    await backdate(`UPDATE operation_override SET until = clock_timestamp(), next_at = clock_timestamp()`)
    expect(await engine().due(9)).toMatchObject([{ kind: 'resume', override: { id } }])
    const cause = { kind: 'resume', override: id } as const
    const begun = await engine().follow(cause, resume)
    expect(begun).toMatchObject({ state: 'approved', follows: 'resume', requester: { user: 'UBOB' } })
    expect(await engine().follow(cause, resume)).toBeNull()
    expect(await engine().due(9)).toEqual([])
    const claim = await claimed()
    for (const to of ['running', 'verifying', 'succeeded'] as const) await engine().move(claim, to, how)
    expect(await opened.store.operations.overrides()).toEqual([])
  })

  it('is tried again later when giving it back has failed', async () => {
    const { id } = await overridden()
    await backdate(
      `UPDATE operation_override SET until = clock_timestamp(), next_at = clock_timestamp(), reminded_at = clock_timestamp()`,
    )
    await engine().follow({ kind: 'resume', override: id }, resume)
    await engine().move(await claimed(), 'failed', how)
    expect(await engine().due(9)).toMatchObject([{ kind: 'stuck', override: { id } }])
    expect(await engine().due(9)).toEqual([])
    await backdate(`UPDATE operation_override SET next_at = clock_timestamp()`)
    expect(await engine().due(9)).toMatchObject([{ kind: 'resume', override: { id, resumedBy: null } }])
  })

  const now = `until = clock_timestamp(), next_at = clock_timestamp(), reminded_at = clock_timestamp()`
  async function failsAgain(id: string): Promise<number> {
    await backdate(`UPDATE operation_override SET ${now}`)
    await engine().follow({ kind: 'resume', override: id }, resume)
    await engine().move(await claimed(), 'failed', { ...how, says: 'The API server refuses it.' })
    const [row] = await everyRow(
      opened,
      `SELECT round(extract(epoch FROM next_at - clock_timestamp()) / 60)::int AS minutes FROM operation_override`,
    )
    return row.minutes
  }
  const told = () =>
    everyRow(opened, `SELECT destination, text FROM outbox WHERE key LIKE 'override:%:stuck:%' ORDER BY seq`)

  it('that cannot be given back is tried after 5, 10, 20, 40 and then every 60 minutes', async () => {
    const { id } = await overridden()
    const waits: number[] = []
    for (let times = 1; times <= 6; times += 1) waits.push(await failsAgain(id))
    expect(waits).toEqual([5, 10, 20, 40, 60, 60])
    expect(await opened.store.operations.overrides()).toMatchObject([
      {
        ...{ id, resumedBy: null, endedAt: null },
        failure: { times: 6, says: 'The API server refuses it.', nextAt: expect.any(String) },
      },
    ])
  })

  it('that cannot be given back is told to its owner and the channel at once, and then once a day', async () => {
    const { id } = await overridden()
    await failsAgain(id)
    const other = await opened.another()
    const due = (await Promise.all([engine().due(9), other.engine.due(9), engine().due(9)])).flat()
    expect(due).toMatchObject([{ kind: 'stuck', override: { id, failure: { times: 1 } } }])
    const text = expect.stringContaining('It could not be given back (1 try): The API server refuses it.')
    expect(await told()).toMatchObject([
      { destination: { to: 'person', user: 'UBOB' }, text },
      { destination: { to: 'channel', channel: 'C1' }, text },
    ])
    await failsAgain(id)
    expect(await engine().due(9)).toEqual([])
    await backdate(`UPDATE operation_override SET told_at = clock_timestamp() - interval '24 hours'`)
    expect(await engine().due(9)).toMatchObject([{ kind: 'stuck', override: { failure: { times: 2 } } }])
    expect(await told()).toHaveLength(4)
  })

  it('is tried again in silence, and has a card when it succeeds or needs a person', async () => {
    const { id } = await overridden()
    await failsAgain(id)
    const cards = async () => (await everyRow(opened, `SELECT FROM outbox WHERE key LIKE '%:card'`)).length
    const before = await cards()
    await failsAgain(id)
    expect(await cards()).toBe(before)
    await backdate(`UPDATE operation_override SET ${now}`)
    await engine().follow({ kind: 'resume', override: id }, resume)
    const claim = await claimed()
    expect(claim.operation.card).toBeNull()
    for (const to of ['running', 'verifying', 'succeeded'] as const) await engine().move(claim, to, how)
    expect(await cards()).toBe(before + 1)
    expect(await find(claim.operation.id)).toMatchObject({ state: 'succeeded', card: expect.any(String) })
    expect(await opened.store.operations.overrides()).toEqual([])
    expect((await engine().due(9)).filter(({ kind }) => kind === 'stuck')).toEqual([])
  })

  it('ends when a person has done before its time what would have ended it', async () => {
    const { id } = await overridden()
    const byHand = planOf({ steps: [suspend(false)], headline: 'Resume apps', target: 'apps' })
    const other = planOf({
      steps: [{ ...suspend(false), ref: { ...suspend(false).ref, uid: 'uid-of-another' } } as Step],
    })
    for (const [plan, left] of [
      [other, [{ id }]],
      [byHand, []],
    ] as const) {
      const claim = await running(plan, { line: `flux resume ${plan.target}` })
      for (const to of ['verifying', 'succeeded'] as const) await engine().move(claim, to, how)
      expect(await opened.store.operations.overrides()).toMatchObject(left)
    }
    const [row] = await everyRow(opened, 'SELECT ended_by FROM operation_override')
    expect(row).toEqual({ ended_by: 'UBOB' })
  })

  it('is ended by whoever owns it or an admin, once', async () => {
    const { id } = await overridden()
    await expect(at((desk) => desk.endOverride(id, actor('UVERA')))).rejects.toMatchObject({
      code: 'NO_ROLE',
    })
    expect(await at((desk) => desk.endOverride(id, actor('UBOB')))).toMatchObject({
      endedAt: expect.any(String),
    })
    await expect(at((desk) => desk.endOverride(id, ANA))).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
    await expect(at((desk) => desk.endOverride('x', ANA))).rejects.toMatchObject({ code: 'EXPIRED' })
  })

  it('is never given back by other steps than those that were approved', async () => {
    const { id } = await overridden()
    const other = { ...resume, plan: planOf({ steps: [scaleStep('auth-service', 1, 0)] }) }
    expect(await engine().follow({ kind: 'resume', override: id }, other)).toBeNull()
  })
})

describe('waiting', () => {
  it('ends when something is approved, and when somebody cancels what runs', async () => {
    let woken = 0
    const stop = engine().onWaiting(() => {
      woken += 1
    })
    const claim = await running()
    await eventually(async () => expect(woken).toBe(1))
    await at((desk) => desk.cancel(claim.operation.id, actor('UBOB')))
    await eventually(async () => expect(woken).toBe(2))
    stop()
  })
})

describe('the view for reports', () => {
  it('has an operation in one row', async () => {
    const claim = await running()
    await engine().intent(claim, 0, null)
    await engine().settle(claim, 0, { state: 'done', auditId: 'audit-1', says: null })
    for (const to of ['verifying', 'succeeded'] as const) await engine().move(claim, to, how)
    const rows = await opened.store.pool.query(
      `SELECT id, target, risk, state, requester, approved_by, denied_by, break_glass, steps, audit_ids FROM operation_v1`,
    )
    expect(rows.rows).toEqual([
      {
        ...{ id: claim.operation.id, target: 'orders-service', risk: 'destructive', state: 'succeeded' },
        ...{ requester: 'UBOB', approved_by: ['UANA'], denied_by: [], break_glass: false, steps: 1 },
        audit_ids: ['audit-1'],
      },
    ])
  })
})
