import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ObjectWriter, WriteFailure } from '../../src/core/ports/objects.ts'
import type { Step, StepKind } from '../../src/core/steps.ts'
import { KINDS } from '../../src/operations/steps/index.ts'
import { actor, proposalOf } from '../support/operations.ts'
import { type EngineWorld, openWorld, planFor } from './world.ts'

const kinds = Object.keys(KINDS) as StepKind[]

let world: EngineWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())
beforeEach(() => {
  world.writes.length = 0
  world.effects.length = 0
})

/** Something to roll back to. */
async function newRevision(): Promise<void> {
  world.cluster.setBehaviour('inventory-service', null)
}

describe('an operation of one step', () => {
  it.each(kinds.filter((kind) => kind !== 'rollback'))(
    'brings a %s about, once, and proves it',
    async (kind) => {
      const engine = world.engine()
      const step = await world.step(kind)
      const { id } = await world.approved(planFor(step))
      engine.start()
      const operation = await world.ended(id)
      await engine.stop()
      expect(operation).toMatchObject({ state: 'succeeded' })
      expect(operation.steps.map(({ state }) => state)).toEqual(['done'])
      expect(world.effects).toHaveLength(1)
      await backToBefore(step)
    },
  )
})

/** The next test finds the cluster as it was. */
async function backToBefore(step: Step): Promise<void> {
  const kind: { inverse(step: never): Step | null } = KINDS[step.kind]
  const inverse = kind.inverse(step as never)
  if (inverse === null) return
  const engine = world.engine()
  const { id } = await world.approved(planFor(inverse))
  engine.start()
  expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
  await engine.stop()
}

/** Writes through, or does not, and says that it did not see what came of it. */
function losing(inner: ObjectWriter, when: 'before' | 'after', times = 1): ObjectWriter {
  let left = times
  return {
    async write(request, signal) {
      if (left === 0) return inner.write(request, signal)
      if (when === 'after') await inner.write(request, signal)
      left -= 1
      throw new WriteFailure({ kind: 'unknown', message: 'The answer was lost.' })
    },
  }
}

describe('an answer that is lost', () => {
  const steps = kinds.filter((kind) => kind !== 'rollback')
  it.each(steps)('after a %s was written: it is read back, and not sent again', async (kind) => {
    const engine = world.engine({ writer: losing(world.kubernetes.objects.writer, 'after') })
    const step = await world.step(kind)
    const { id } = await world.approved(planFor(step))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(world.effects).toHaveLength(1)
    await backToBefore(step)
  })

  it.each(steps)('before a %s was written: it is proved absent, and sent again', async (kind) => {
    const engine = world.engine({ writer: losing(world.kubernetes.objects.writer, 'before') })
    const step = await world.step(kind)
    const { id } = await world.approved(planFor(step))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(world.effects).toHaveLength(2)
    await backToBefore(step)
  })
})

describe('what has changed since it was approved', () => {
  it.each(['scale', 'restart', 'pause', 'autoscale', 'cordon', 'suspend', 'exempt', 'delete-pod'] as const)(
    'ends a %s of an object that was replaced as stale, and nothing is sent',
    async (kind) => {
      const engine = world.engine()
      const step = await world.step(kind)
      const another = { ...step, ref: { ...step.ref, uid: 'another-uid' } } as Step
      const { id } = await world.approved(planFor(another))
      engine.start()
      expect(await world.ended(id)).toMatchObject({ state: 'stale', code: 'STALE_PLAN' })
      await engine.stop()
      expect(world.writes).toEqual([])
    },
  )

  it('ends an operation whose plan would be another one now', async () => {
    const engine = world.engine({
      planner: {
        undo: () => {
          throw new Error('nothing is undone here')
        },
        plan: async (line) => ({
          ...{ command: 'scale', line, rehearsed: [] },
          digest: 'another',
          plan: planFor(),
        }),
      },
    })
    const { id } = await world.approved(planFor(await world.step('scale')))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'stale', code: 'STALE_PLAN' })
    await engine.stop()
    expect(world.writes).toEqual([])
  })
})

describe('what is asked again before anything is done', () => {
  it('refuses when the requester was deactivated, or has left the channel', async () => {
    for (const answer of [
      { kind: 'deactivated', inChannel: true },
      { kind: 'member', inChannel: false },
    ] as const) {
      const engine = world.engine({ attestation: { attest: async () => answer } })
      const { id } = await world.approved(planFor(await world.step('scale')))
      engine.start()
      expect(await world.ended(id)).toMatchObject({ state: 'revoked' })
      await engine.stop()
    }
    expect(world.writes).toEqual([])
  })

  it('refuses when whoever approved it is no admin any more', async () => {
    const { id } = await world.approved({ ...planFor(await world.step('scale')), risk: 'destructive' })
    await world.opened.admin.query(`UPDATE role_grant SET role = 'viewer' WHERE user_id = 'UANA'`)
    await world.opened.admin.query('UPDATE access_version SET version = version + 1')
    const { rows } = await world.opened.admin.query('SELECT version FROM access_version')
    await world.opened.store.access.atLeast(BigInt(rows[0].version))
    const engine = world.engine()
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'revoked', code: 'NO_ROLE' })
    await engine.stop()
    expect(world.writes).toEqual([])
  })
})

describe('what changes while Slack is asked', () => {
  const member = { kind: 'member', inChannel: true } as const
  /** Does something while it is asked for the first time. */
  const meanwhile = (act: () => Promise<unknown>) => {
    let asked = false
    const attest = async () => {
      if (!asked) {
        asked = true
        // Everything else has been asked by then.
        await new Promise((resolve) => setTimeout(resolve, 300))
        await act()
      }
      return member
    }
    return { attestation: { attest } }
  }

  it('a freeze: nothing is sent', async () => {
    const owner = actor('UOWN')
    const freeze = () => world.decide((desk) => desk.freeze(null, 60, 'the shops are open', owner))
    const engine = world.engine(meanwhile(freeze))
    const { id } = await world.approved(planFor(await world.step('scale')))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'revoked', code: 'FROZEN' })
    await engine.stop()
    await world.decide((desk) => desk.unfreeze(null, owner))
    expect(world.writes).toEqual([])
  })

  it('the object, but not what the step is about: it is looked at again, and written once', async () => {
    const step = await world.step('scale')
    const label = () => world.patch(step.ref, { metadata: { labels: { touched: 'meanwhile' } } })
    const engine = world.engine(meanwhile(label))
    const { id } = await world.approved(planFor(step))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(world.writes).toHaveLength(2)
    expect(world.effects).toHaveLength(1)
    await backToBefore(step)
  })

  it('the object, in what the step is about: it ends as stale, and nothing is done', async () => {
    const step = await world.step('scale')
    const engine = world.engine(meanwhile(() => world.patch(step.ref, { spec: { replicas: 3 } })))
    const { id } = await world.approved(planFor(step))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'stale', code: 'STALE_PLAN' })
    await engine.stop()
    expect(world.effects).toEqual([])
    await world.patch(step.ref, { spec: { replicas: 1 } })
  })
})

describe('what runs without a second person', () => {
  it('needs an owner until it begins', async () => {
    const plan = { ...planFor(await world.step('scale')), risk: 'destructive' } as const
    const requester = actor('UOWN2')
    const line = 'scale inventory-service 2 --break-glass'
    const { id } = await world.decide((desk) =>
      desk.propose(proposalOf(plan, { requester, line, breakGlass: 'the shop is down' })),
    )
    const { admin, store } = world.opened
    await admin.query(`UPDATE role_grant SET role = 'admin', channel = 'C1' WHERE user_id = 'UOWN2'`)
    await admin.query('UPDATE access_version SET version = version + 1')
    const { rows } = await admin.query('SELECT version FROM access_version')
    await store.access.atLeast(BigInt(rows[0].version))
    const engine = world.engine()
    engine.start()
    expect(await world.ended(id)).toMatchObject({
      ...{ state: 'revoked', code: 'NO_ROLE', outcome: expect.stringContaining('Only an owner') },
    })
    await engine.stop()
    expect(world.writes).toEqual([])
  })
})

describe('operations of several steps', () => {
  it('stop at the first that does not come about, and the rest is not begun', async () => {
    const engine = world.engine()
    const broken = await world.step('scale')
    const { id } = await world.approved(
      planFor(
        await world.step('cordon'),
        { ...broken, ref: { ...broken.ref, uid: 'gone' } } as Step,
        await world.step('suspend'),
      ),
    )
    engine.start()
    const operation = await world.ended(id)
    await engine.stop()
    expect(operation.state).toBe('stale')
    expect(operation.steps.map(({ state }) => state)).toEqual(['done', 'skipped', 'skipped'])
    expect(operation.outcome).toContain('1 of 3 steps had been done')
    await backToBefore((await world.opened.store.operations.find(id))!.steps[0]!.step)
  })

  it('are cancelled between two steps', async () => {
    const [first, second] = [await world.step('cordon'), await world.step('suspend')]
    const { id } = await world.approved(planFor(first, second))
    const { writer } = world.kubernetes.objects
    const engine = world.engine({
      writer: {
        async write(request, signal) {
          await world.decide((desk) =>
            desk.cancel(id, { team: 'T1', user: 'UBOB', person: 'UBOB', kind: 'member' }),
          )
          return writer.write(request, signal)
        },
      },
    })
    engine.start()
    const operation = await world.ended(id)
    await engine.stop()
    expect(operation.state).toBe('cancelled')
    expect(operation.steps.map(({ state }) => state)).toEqual(['done', 'skipped'])
    await backToBefore(first)
  })
})

describe('an operation that ends before its last step', () => {
  it('never comes to succeed when its worker is lost just before the end is written', async () => {
    const [first, second] = [await world.step('cordon'), await world.step('suspend')]
    const { id } = await world.approved(planFor(first, second))
    const { writer } = world.kubernetes.objects
    const { engine: records } = world.opened.store
    const atTheEnd = Promise.withResolvers<void>()
    const lost = world.engine({
      leaseSeconds: 1,
      operations: {
        ...records,
        async move(held, to, said) {
          if (to !== 'cancelled') return records.move(held, to, said)
          atTheEnd.resolve()
          throw new Error('the process was killed')
        },
      },
      writer: {
        async write(request, signal) {
          await world.decide((desk) =>
            desk.cancel(id, { team: 'T1', user: 'UBOB', person: 'UBOB', kind: 'member' }),
          )
          return writer.write(request, signal)
        },
      },
    })
    lost.start()
    await atTheEnd.promise
    await lost.stop()
    const heir = world.engine({ leaseSeconds: 1 })
    heir.start()
    const operation = await world.ended(id)
    await heir.stop()
    expect(operation).toMatchObject({
      state: 'cancelled',
      steps: [{ state: 'done' }, { state: 'skipped', says: 'not begun' }],
    })
    await backToBefore(first)
  })
})

describe('a process that stops', () => {
  it('hands over what is under way, and another brings it to its end', async () => {
    world.cluster.setBehaviour('inventory-service', 'slow')
    const step = await world.step('restart')
    const { id } = await world.approved(planFor(step))
    const first = world.engine()
    first.start()
    await world.reached(id, 'running')
    await first.stop()
    const second = world.engine()
    second.start()
    const operation = await world.ended(id)
    await second.stop()
    expect(operation.state).toBe('succeeded')
    // Its pods change the object as well, so that a write may be a conflict at first.
    expect(world.effects.length).toBeLessThanOrEqual(1)
    await newRevision()
  })
})

describe('two processes', () => {
  it('never do an operation twice', async () => {
    const other = await world.opened.another()
    const engines = [world.engine(), world.engine({}, other)]
    for (const engine of engines) engine.start()
    const ids: string[] = []
    for (let round = 0; round < 6; round += 1) {
      const step: Step = { kind: 'cordon', ref: await world.ref('Node', 'node-3'), cordoned: round % 2 === 0 }
      const { id } = await world.approved(planFor(step))
      ids.push(id)
      expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    }
    for (const engine of engines) await engine.stop()
    expect(world.effects).toHaveLength(ids.length)
  })
})
