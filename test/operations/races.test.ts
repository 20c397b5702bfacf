import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ObjectWriter, WriteFailure } from '../../src/core/ports/objects.ts'
import type { Step, StepKind } from '../../src/core/steps.ts'
import { type EngineWorld, openWorld, planFor } from './world.ts'

/** Somebody else changes the object at the worst moment, or the claim is lost: nothing that was not approved happens. */

let world: EngineWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())
beforeEach(() => {
  world.writes.length = 0
})

/** What somebody else does to the object of each kind, and how it is put back. */
const MEDDLING: Readonly<Partial<Record<StepKind, readonly [meddle: object, mend: object]>>> = {
  scale: [{ spec: { replicas: 4 } }, { spec: { replicas: 1 } }],
  restart: [
    { spec: { template: { metadata: { annotations: { 'example.org/other': 'x' } } } } },
    { spec: { template: { metadata: { annotations: { 'example.org/other': null } } } } },
  ],
  pause: [{ spec: { paused: true } }, { spec: { paused: null } }],
  autoscale: [{ spec: { maxReplicas: 7 } }, { spec: { maxReplicas: 3 } }],
  cordon: [{ spec: { unschedulable: true } }, { spec: { unschedulable: null } }],
  suspend: [{ spec: { suspend: true } }, { spec: { suspend: null } }],
  exempt: [
    { metadata: { labels: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } } },
    { metadata: { labels: { 'kustomize.toolkit.fluxcd.io/reconcile': null } } },
  ],
  reconcile: [{ spec: { suspend: true } }, { spec: { suspend: null } }],
}

/** Lets somebody else act just before the first write arrives. */
function meddled(inner: ObjectWriter, meddle: () => Promise<unknown>): ObjectWriter {
  let first = true
  return {
    async write(request, signal) {
      if (first) {
        first = false
        await meddle()
      }
      return inner.write(request, signal)
    },
  }
}

describe('an object that somebody else changes after the last check', () => {
  it.each(Object.keys(MEDDLING) as StepKind[])(
    'ends a %s as stale: nothing of it is written',
    async (kind) => {
      const step = await world.step(kind)
      const [meddle, mend] = MEDDLING[kind] ?? []
      const writer = meddled(world.kubernetes.objects.writer, () => world.patch(step.ref, meddle ?? {}))
      const engine = world.engine({ writer })
      const { id } = await world.approved(planFor(step))
      engine.start()
      const operation = await world.ended(id)
      await engine.stop()
      expect(operation).toMatchObject({ state: 'stale', code: 'STALE_PLAN' })
      const after = await world.object(step.ref.kind, step.ref.name)
      expect(after?.metadata.annotations?.['bakery.dev/operation']).not.toBe(id)
      await world.patch(step.ref, mend ?? {})
    },
  )

  it('is written when nothing of what was approved has changed', async () => {
    const step = await world.step('scale')
    const touch = { metadata: { annotations: { 'example.org/touched': 'yes' } } }
    const writer = meddled(world.kubernetes.objects.writer, () => world.patch(step.ref, touch))
    const engine = world.engine({ writer })
    const { id } = await world.approved(planFor(step))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(world.writes).toHaveLength(2)
    await world.patch(step.ref, { spec: { replicas: 1 } })
  })
})

describe('an effect that somebody undoes before its outcome is known', () => {
  it('waits for a person to say how it ended', async () => {
    const step = await world.step('cordon')
    const { writer } = world.kubernetes.objects
    const undone: ObjectWriter = {
      async write(request, signal) {
        await writer.write(request, signal)
        await world.patch(step.ref, { spec: { unschedulable: null } })
        throw new WriteFailure({ kind: 'unknown', message: 'The answer was lost.' })
      },
    }
    const engine = world.engine({ writer: undone })
    const { id } = await world.approved(planFor(step))
    engine.start()
    const operation = await world.ended(id)
    expect(operation.state).toBe('needs-human')
    await world.decide((desk) =>
      desk.resolve(
        id,
        'failed',
        { team: 'T1', user: 'UANA', person: 'UANA', kind: 'member' },
        'somebody undid it',
      ),
    )
    expect(await world.ended(id)).toMatchObject({ state: 'failed' })
    await engine.stop()
    expect(world.writes).toHaveLength(1)
  })
})

describe('a write that is lost again and again', () => {
  it('ends as failed, because each time it was proved not to have arrived', async () => {
    const lost: ObjectWriter = {
      write: () => Promise.reject(new WriteFailure({ kind: 'unknown', message: 'The answer was lost.' })),
    }
    const engine = world.engine({ writer: lost })
    const { id } = await world.approved(planFor(await world.step('scale')))
    engine.start()
    const operation = await world.ended(id)
    await engine.stop()
    expect(operation).toMatchObject({ state: 'failed', outcome: expect.stringContaining('never came to') })
    expect(operation.steps.map(({ state }) => state)).toEqual(['absent'])
    expect(world.writes).toHaveLength(4)
  })
})

describe('what the API server will not do', () => {
  it('ends the operation with its reason, and nothing counts as done', async () => {
    const refuse: ObjectWriter = {
      write: () =>
        Promise.reject(
          new WriteFailure({ kind: 'refused', status: 403, message: 'The API server refuses: quota.' }),
        ),
    }
    const engine = world.engine({ writer: refuse })
    const { id } = await world.approved(planFor(await world.step('scale')))
    engine.start()
    const operation = await world.ended(id)
    await engine.stop()
    expect(operation).toMatchObject({ state: 'failed', outcome: expect.stringContaining('quota') })
    expect(operation.steps.map(({ state }) => state)).toEqual(['absent'])
  })

  it('is waited for where a disruption budget only asks for patience', async () => {
    const { writer } = world.kubernetes.objects
    let refusals = 2
    const budget: ObjectWriter = {
      async write(request, signal) {
        if (refusals === 0) return writer.write(request, signal)
        refusals -= 1
        throw new WriteFailure({ kind: 'refused', status: 429, message: 'The budget allows none now.' })
      },
    }
    const engine = world.engine({ writer: budget })
    const { id } = await world.approved(planFor(await world.step('evict')))
    engine.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    await engine.stop()
    expect(world.writes).toHaveLength(3)
  })
})

describe('a worker that has lost its claim', () => {
  it('writes nothing when it comes back late, and the other has done it once', async () => {
    const other = await world.opened.another()
    const { reader } = world.kubernetes.objects
    const waiting = Promise.withResolvers<void>()
    const stuck = Promise.withResolvers<void>()
    let first = true
    const slow = {
      ...reader,
      async get(...args: Parameters<typeof reader.get>) {
        if (first) {
          first = false
          stuck.resolve()
          await waiting.promise
        }
        return reader.get(...args)
      },
    }
    const zombie = world.engine({ objects: slow, leaseSeconds: 1 })
    const step: Step = await world.step('cordon')
    const { id } = await world.approved(planFor(step))
    zombie.start()
    await stuck.promise
    await sleep(1500)
    const heir = world.engine({ leaseSeconds: 1 }, other)
    heir.start()
    expect(await world.ended(id)).toMatchObject({ state: 'succeeded' })
    waiting.resolve()
    await zombie.stop()
    await heir.stop()
    expect(world.writes).toHaveLength(1)
    await world.patch(step.ref, { spec: { unschedulable: null } })
  })
})

describe('a freeze', () => {
  it('stops what was approved before it began, and what has begun between two steps', async () => {
    const owner = { team: 'T1', user: 'UOWN', person: 'UOWN', kind: 'member' } as const
    const { id } = await world.approved(planFor(await world.step('scale')))
    await world.decide((desk) => desk.freeze(null, 60, 'the shops are open', owner))
    const engine = world.engine()
    engine.start()
    expect(await world.ended(id)).toMatchObject({
      ...{ state: 'revoked', code: 'FROZEN' },
      outcome: expect.stringContaining('the shops are open'),
    })
    await engine.stop()
    await world.decide((desk) => desk.unfreeze(null, owner))
    expect(world.writes).toEqual([])
  })
})
