import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followUp } from '../../src/operations/due.ts'
import { resumePlan, undoPlan } from '../../src/operations/undo.ts'
import { operationOf, scaleStep } from '../support/operations.ts'
import { type EngineWorld, openWorld, planFor } from './world.ts'

/** What follows from an operation by time alone. */

let world: EngineWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const silent = { info() {}, warn() {} }
const follow = () => {
  const { engine, operations } = world.opened.store
  return followUp({ operations: engine, reader: operations, now: () => new Date(), log: silent })
}

/** As if that time had passed: only the owner of the tables can move it. */
async function passed(sql: string): Promise<void> {
  await world.opened.admin.query(
    `SET session_replication_role = replica; ${sql}; SET session_replication_role = DEFAULT`,
  )
}

async function replicas(): Promise<unknown> {
  const object = await world.object('Deployment', 'inventory-service')
  return (object?.spec as { replicas?: number } | undefined)?.replicas
}

describe('a change that has to be confirmed', () => {
  it('is undone by itself when nobody has said that it may stay', async () => {
    const engine = world.engine()
    engine.start()
    const step = await world.step('scale')
    const { id } = await world.approved(planFor(step), { confirmWithinSeconds: 60 })
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded', keptBy: null })
    expect(await replicas()).toBe(2)
    await follow()
    expect((await world.opened.store.operations.find(id))?.undoneBy).toBeNull()

    await passed(`UPDATE operation SET confirm_until = clock_timestamp() - interval '1 s' WHERE id = '${id}'`)
    const owner = { team: 'T1', user: 'UOWN', person: 'UOWN', kind: 'member' } as const
    await world.decide((desk) => desk.freeze(null, 60, 'the shops are open', owner))
    await follow()
    await world.decide((desk) => desk.unfreeze(null, owner))
    expect((await world.opened.store.operations.find(id))?.undoneBy).toBeNull()
    await follow()
    await follow()
    const [undo, ...more] = (await world.opened.store.operations.list({ limit: 50 })).filter(
      ({ undoes }) => undoes === id,
    )
    expect(more).toEqual([])
    expect(undo).toMatchObject({ follows: 'undo' })
    expect(await world.ended(undo?.id ?? '')).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(await replicas()).toBe(1)
  })

  it('stays when nothing can put it back, and is not looked at again', async () => {
    const engine = world.engine()
    engine.start()
    const { id } = await world.approved(planFor(await world.step('restart')), { confirmWithinSeconds: 60 })
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded', confirmUntil: expect.any(String) })
    await passed(`UPDATE operation SET confirm_until = clock_timestamp() - interval '1 s' WHERE id = '${id}'`)
    await follow()
    await engine.stop()
    expect(await world.opened.store.engine.due(20)).toEqual([])
    expect(await world.opened.store.operations.find(id)).toMatchObject({
      ...{ confirmWithinSeconds: 60, confirmUntil: null, undoneBy: null },
    })
  })

  it('that cannot be begun keeps no other from its turn', async () => {
    const begun: unknown[] = []
    const done = { state: 'succeeded', steps: [{ n: 0, step: scaleStep(), state: 'done' }] } as const
    const [broken, sound] = ['broken0001', 'sound00001'].map((id) => ({
      kind: 'unconfirmed' as const,
      operation: { ...operationOf({ id }), ...done } as never,
    }))
    const warned: object[] = []
    await followUp({
      operations: {
        due: async () => [broken!, sound!],
        async follow(cause) {
          if ('operation' in cause && cause.operation === 'broken0001') throw new Error('no database')
          begun.push(cause)
          return operationOf({ id: 'undo000001' })
        },
        stays: async () => undefined,
      },
      reader: { freezes: async () => [] },
      now: () => new Date(),
      log: { info() {}, warn: (facts) => void warned.push(facts) },
    })
    expect(begun).toEqual([{ kind: 'undo', operation: 'sound00001' }])
    expect(warned).toMatchObject([{ operation: 'broken0001', due: 'unconfirmed' }])
  })

  it('stays when somebody has said so', async () => {
    const engine = world.engine()
    engine.start()
    const { id, digest, requester } = await world.approved(planFor(await world.step('scale')), {
      confirmWithinSeconds: 60,
    })
    await world.ended(id)
    await world.decide((desk) => desk.confirm(id, digest, requester))
    await passed(`UPDATE operation SET confirm_until = clock_timestamp() - interval '1 s' WHERE id = '${id}'`)
    await follow()
    await engine.stop()
    expect(await replicas()).toBe(2)
    expect(
      (await world.opened.store.operations.list({ limit: 50 })).filter(({ undoes }) => undoes === id),
    ).toEqual([])
  })
})

describe('what was taken out of git’s care', () => {
  it('is given back at its end', async () => {
    const engine = world.engine()
    engine.start()
    const step = await world.step('suspend')
    const inverse = { ...step, suspended: false }
    const resume = { afterSeconds: 3600, steps: [inverse], says: 'Flux cares for bakery-ia again' } as never
    const { id } = await world.approved({ ...planFor(step), resume })
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    const [override] = await world.opened.store.operations.overrides()
    expect(override).toMatchObject({ operation: id, endedAt: null })
    await passed(`UPDATE operation_override SET until = clock_timestamp(), next_at = clock_timestamp()`)
    await follow()
    const [own] = (await world.opened.store.operations.list({ limit: 5 })).filter(
      ({ follows }) => follows === 'resume',
    )
    expect(await world.ended(own?.id ?? '')).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(await world.opened.store.operations.overrides()).toEqual([])
    const object = await world.object('Kustomization', 'bakery-ia')
    expect(object).toMatchObject({ spec: { suspend: false } })
  })

  it('is done with when somebody has given it back by hand', async () => {
    const engine = world.engine()
    engine.start()
    const step = await world.step('suspend')
    const resume = { afterSeconds: 3600, steps: [{ ...step, suspended: false }], says: 'Flux again' } as never
    const { id } = await world.approved({ ...planFor(step), resume })
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await world.patch(step.ref, { spec: { suspend: false } })
    await passed(`UPDATE operation_override SET until = clock_timestamp(), next_at = clock_timestamp()`)
    await follow()
    const [own] = (await world.opened.store.operations.list({ limit: 1 })).filter(
      ({ follows }) => follows === 'resume',
    )
    expect(await world.ended(own?.id ?? '')).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(await world.opened.store.operations.overrides()).toEqual([])
  })
})

describe('the plan that undoes', () => {
  it('takes the steps that happened, the last first, and leaves out what nothing puts back', async () => {
    const [cordon, restart, scale] = [
      await world.step('cordon'),
      await world.step('restart'),
      await world.step('suspend'),
    ]
    const { id } = await world.approved(planFor(cordon, restart, scale))
    const operation = (await world.opened.store.operations.find(id))!
    const done = operation.steps.map((step) => ({ ...step, state: 'done' as const }))
    const plan = undoPlan({ ...operation, steps: done })
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['suspend', 'cordon'])
    expect(plan).toMatchObject({ undoes: id, facts: [expect.stringContaining('cannot be taken back')] })
    expect(undoPlan(operation).steps).toEqual([])
    await world.decide((desk) =>
      desk.cancel(id, { team: 'T1', user: 'UBOB', person: 'UBOB', kind: 'member' }),
    )
  })

  it('gives back with the steps that the override keeps', () => {
    const override = {
      id: 'o',
      operation: 'x',
      says: 'Flux',
      target: 't',
      owner: 'U',
      channel: 'C',
      until: '',
      steps: [],
    }
    const more = { remindedAt: null, resumedBy: null, endedAt: null, failure: null }
    expect(resumePlan({ ...override, ...more })).toMatchObject({ risk: 'change', target: 't', steps: [] })
  })
})
