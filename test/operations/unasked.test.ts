import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/answer.ts'
import type { Operation } from '../../src/core/operation.ts'
import type { Attestation } from '../../src/core/ports/planner.ts'
import { actor } from '../support/operations.ts'
import { type EngineWorld, openWorld, planFor } from './world.ts'

let world: EngineWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())
beforeEach(() => {
  world.writes.length = 0
})

const MEMBER = { kind: 'member', inChannel: true } as const
const silent: Attestation = { attest: () => Promise.reject(new Error('Slack is down.')) }
const card = async ({ state, steps }: Operation): Promise<Answer> => ({
  ...{ kind: 'progress', blocks: [], audience: 'channel' },
  text: `${state}: ${steps[0]?.says ?? 'nothing is said'}`,
})
const operation = async (id: string) => (await world.opened.store.operations.find(id))!
const cancel = (id: string) => world.decide((desk) => desk.cancel(id, actor('UBOB')))

/** What its message in the channel says, oldest first. */
async function said(id: string): Promise<readonly string[]> {
  const { rows } = await world.opened.admin.query(
    'SELECT text FROM outbox WHERE update_of = (SELECT card FROM operation WHERE id = $1) ORDER BY seq',
    [id],
  )
  return rows.map(({ text }) => text)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500 && !(await holds()); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('while Slack cannot be asked', () => {
  it('an approved operation waits, and begins when Slack answers', async () => {
    let asked = 0
    const attest = async () => {
      asked += 1
      if (asked < 3) throw new Error('Slack is down.')
      return MEMBER
    }
    const engine = world.engine({ attestation: { attest } })
    const { id } = await world.approved(planFor(await world.step('cordon')))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(world.writes).toHaveLength(1)
  })

  it('it is left approved, nothing is done, and its card says why', async () => {
    const engine = world.engine({ attestation: silent, card })
    const { id } = await world.approved(planFor(await world.step('suspend')))
    engine.start()
    await until(async () => (await said(id)).some((text) => text.includes('Slack cannot be asked')))
    await engine.stop()
    expect(await operation(id)).toMatchObject({ state: 'approved', outcome: null })
    expect((await said(id)).at(-1)).toMatch(/^approved: not begun, because Slack cannot be asked/)
    expect(world.writes).toEqual([])
    await cancel(id)
  })

  it('another process asks again when the claim has ended', async () => {
    const first = world.engine({ attestation: silent, leaseSeconds: 1 })
    const { id } = await world.approved(planFor(await world.step('suspend')))
    first.start()
    await until(async () => (await operation(id)).fence !== '0')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await first.stop()
    const second = world.engine({ leaseSeconds: 1 })
    second.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await second.stop()
    expect(world.writes).toHaveLength(1)
  })

  it('who cancels it has cancelled it, and nothing else is said after that', async () => {
    let asked = 0
    const attest = () => {
      asked += 1
      return Promise.reject(new Error('Slack is down.'))
    }
    const engine = world.engine({ attestation: { attest }, card })
    const { id } = await world.approved(planFor(await world.step('cordon')))
    engine.start()
    await until(async () => asked > 0)
    await cancel(id)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await engine.stop()
    expect(await operation(id)).toMatchObject({ state: 'cancelled' })
    expect((await said(id)).at(-1)).toContain('Cancelled')
    expect(world.writes).toEqual([])
  })

  it('its time ends it', async () => {
    const { id } = await world.approved(planFor(await world.step('cordon')))
    const engine = world.engine({
      attestation: {
        attest: async () => {
          await world.opened.admin.query(
            `SET session_replication_role = replica;
             UPDATE operation SET expires_at = clock_timestamp() WHERE id = '${id}';
             SET session_replication_role = DEFAULT`,
          )
          throw new Error('Slack is down.')
        },
      },
    })
    engine.start()
    await until(async () => (await operation(id)).fence !== '0')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await engine.stop()
    expect(await operation(id)).not.toMatchObject({ state: 'running' })
    expect(world.writes).toEqual([])
    await world.opened.store.engine.due(20)
    expect(await operation(id)).toMatchObject({ state: 'expired' })
  })

  it('a no of Slack’s about one person ends it, whatever is not known of another', async () => {
    const plan = { ...planFor(await world.step('cordon')), risk: 'destructive' } as const
    const { id, requester } = await world.approved(plan)
    const engine = world.engine({
      attestation: {
        attest: async (user) => {
          if (user === requester.user) throw new Error('Slack is down.')
          return { kind: 'deactivated', inChannel: true }
        },
      },
    })
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'revoked', code: 'DEACTIVATED' })
    await engine.stop()
    expect(world.writes).toEqual([])
  })
})
