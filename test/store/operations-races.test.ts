import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import type { OperationDesk } from '../../src/core/ports/operations.ts'
import type { Store } from '../../src/store/store.ts'
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

const ADMINS = ['UANA', 'UCARL', 'UADA2']

/** `done`, or the code of the refusal. Anything else is a fault. */
async function outcome(
  act: (desk: OperationDesk) => Promise<unknown>,
  store: Store = opened.store,
): Promise<string> {
  try {
    await at(act, store)
    return 'done'
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.code
    throw thrown
  }
}

const tally = (outcomes: readonly string[]) =>
  Object.fromEntries(
    [...new Set(outcomes)].sort().map((one) => [one, outcomes.filter((o) => o === one).length]),
  )

const historyOf = async (id: string) =>
  (
    await everyRow(
      opened,
      `SELECT decision FROM audit WHERE kind = 'operation' AND operation = '${id}' ORDER BY seq`,
    )
  ).map(({ decision }) => decision)

describe('64 clicks at once over three processes', () => {
  it('approve once', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    const { id, digest } = await at((desk) => desk.propose(proposalOf()))
    const clicks = Array.from({ length: 64 }, (_, click) =>
      outcome(
        (desk) => desk.approve(id, digest, actor(ADMINS[click % 2] ?? ''), null),
        stores[click % stores.length],
      ),
    )
    expect(tally(await Promise.all(clicks))).toEqual({ ALREADY_DECIDED: 63, done: 1 })
    expect(await historyOf(id)).toEqual(['awaiting', 'approved'])
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toHaveLength(1)
    expect(await everyRow(opened, 'SELECT FROM operation_review')).toHaveLength(1)
    const claims = await Promise.all(
      stores.flatMap((store) => [store.engine.claim(30), store.engine.claim(30)]),
    )
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
  })

  it('confirm once', async () => {
    const { id, digest } = await at((desk) => desk.propose(proposalOf(planOf({ risk: 'change' }))))
    const clicks = Array.from({ length: 32 }, () =>
      outcome((desk) => desk.confirm(id, digest, actor('UBOB'))),
    )
    expect(tally(await Promise.all(clicks))).toEqual({ ALREADY_DECIDED: 31, done: 1 })
  })

  it('of two who are needed count each person once', async () => {
    const { id, digest } = await at((desk) => desk.propose(proposalOf(planOf({ approvals: 2 }))))
    const clicks = Array.from({ length: 30 }, (_, click) =>
      outcome((desk) => desk.approve(id, digest, actor(ADMINS[click % 3] ?? ''), null)),
    )
    expect(tally(await Promise.all(clicks))).toEqual({ ALREADY_DECIDED: 28, done: 2 })
    expect(await everyRow(opened, 'SELECT DISTINCT person FROM operation_review')).toHaveLength(2)
    expect(await historyOf(id)).toEqual(['awaiting', 'approved'])
  })
})

describe('decisions that cross', () => {
  it('have one that counts: approve, deny, cancel and expiry', async () => {
    const ends = new Set<string>()
    for (let round = 0; round < 12; round += 1) {
      const plan = planOf({ target: `service-${round}`, steps: [scaleStep(`service-${round}`)] })
      const { id, digest } = await at((desk) => desk.propose(proposalOf(plan)))
      const expired = async () => {
        await opened.admin.query(
          `SET session_replication_role = replica;
           UPDATE operation SET expires_at = clock_timestamp() WHERE id = '${id}' AND state = 'awaiting';
           SET session_replication_role = DEFAULT`,
        )
        await opened.store.engine.due(9)
        return 'expiry'
      }
      const racers = [
        () => outcome((desk) => desk.approve(id, digest, actor('UANA'), null)),
        () => outcome((desk) => desk.deny(id, digest, actor('UCARL'), null)),
        () => outcome((desk) => desk.cancel(id, actor('UBOB'))),
        ...(round % 2 === 0 ? [] : [expired]),
      ]
      const turned = racers.map((_, index) => racers[(index + round) % racers.length] ?? expired)
      const outcomes = await Promise.all(turned.map((race) => race()))
      const history = await historyOf(id)
      const state = history.at(-1) ?? ''
      ends.add(state)
      expect(history.slice(0, -1).join(' ')).toMatch(/^awaiting( approved)?$/)
      expect(history.length - 1).toBe(
        outcomes.filter((one) => one === 'done').length + (state === 'expired' ? 1 : 0),
      )
      const locks = await everyRow(opened, `SELECT FROM operation_lock WHERE operation = '${id}'`)
      expect(locks).toHaveLength(state === 'approved' ? 1 : 0)
    }
    expect(ends.size).toBeGreaterThan(1)
  })

  it('of operations that share objects give them to one, whatever the order of their steps', async () => {
    const names = ['alpha', 'beta', 'gamma']
    const proposals = await Promise.all(
      Array.from({ length: 9 }, (_, turn) => {
        const steps = names.map((_name, index) => scaleStep(names[(index + turn) % names.length]))
        return at((desk) => desk.propose(proposalOf(planOf({ target: `t${turn}`, steps }))))
      }),
    )
    const outcomes = await Promise.all(
      proposals.map(({ id, digest }) => outcome((desk) => desk.approve(id, digest, actor('UANA'), null))),
    )
    expect(tally(outcomes)).toEqual({ TARGET_BUSY: 8, done: 1 })
    const locks = await everyRow(opened, 'SELECT DISTINCT operation FROM operation_lock')
    expect(locks).toHaveLength(1)
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toHaveLength(3)
  })

  it('see a role that is taken away, or decide before it is', async () => {
    for (let round = 0; round < 6; round += 1) {
      const plan = planOf({ target: `service-${round}`, steps: [scaleStep(`service-${round}`)] })
      const { id, digest } = await at((desk) => desk.propose(proposalOf(plan)))
      const [approval] = await Promise.all([
        outcome((desk) => desk.approve(id, digest, actor('UANA'), null)),
        opened.admin.query(`DELETE FROM role_grant WHERE user_id = 'UANA'`),
      ])
      expect(['done', 'NO_ROLE']).toContain(approval)
      expect(await historyOf(id)).toEqual(approval === 'done' ? ['awaiting', 'approved'] : ['awaiting'])
      await opened.admin.query(
        `INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES ('UANA', 'C1', 'admin', 'UOWN')`,
      )
    }
  })

  it('with a freeze: nothing is approved after it', async () => {
    const { id, digest } = await at((desk) => desk.propose(proposalOf()))
    const [approval] = await Promise.all([
      outcome((desk) => desk.approve(id, digest, actor('UANA'), null)),
      at((desk) => desk.freeze(null, null, 'an incident', actor('UOWN'))),
    ])
    const rows = await everyRow(
      opened,
      `SELECT seq FROM audit WHERE kind = 'operation' AND decision = 'approved' AND operation = '${id}'`,
    )
    expect(rows).toHaveLength(approval === 'done' ? 1 : 0)
    expect(['done', 'FROZEN']).toContain(approval)
  })
})

describe('many operations at once', () => {
  it('are each executed by one of three processes', async () => {
    const stores = [opened.store, await opened.another(), await opened.another()]
    const proposals = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        at(
          (desk) =>
            desk.propose(
              proposalOf(planOf({ target: `s${n}`, steps: [scaleStep(`s${n}`)], risk: 'change' })),
            ),
          stores[n % 3],
        ),
      ),
    )
    const clicks = proposals.flatMap(({ id, digest }, n) =>
      Array.from({ length: 4 }, (_, click) =>
        outcome((desk) => desk.confirm(id, digest, actor('UBOB')), stores[(n + click) % 3]),
      ),
    )
    expect(tally(await Promise.all(clicks))).toEqual({ ALREADY_DECIDED: 72, done: 24 })
    const how = { says: null, code: null, messages: [] }
    const work = async ({ engine }: Store) => {
      const done: string[] = []
      for (let claim = await engine.claim(30); claim !== null; claim = await engine.claim(30)) {
        for (const to of ['running', 'verifying', 'succeeded'] as const) await engine.move(claim, to, how)
        done.push(claim.operation.id)
      }
      return done
    }
    const executed = (await Promise.all(stores.map(work))).flat()
    expect(executed.toSorted()).toEqual(proposals.map(({ id }) => id).toSorted())
    expect(await everyRow(opened, 'SELECT FROM operation_lock')).toEqual([])
  })
})
