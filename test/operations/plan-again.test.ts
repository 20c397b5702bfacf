import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineChange } from '../../src/core/change.ts'
import { UserError } from '../../src/core/errors.ts'
import type { Plan } from '../../src/core/plan.ts'
import { createRegistry } from '../../src/core/registry.ts'
import type { Step } from '../../src/core/steps.ts'
import { createPlanner, type Rehearsal } from '../../src/operations/plan.ts'
import { examplePlatform } from '../support/platform.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, snapshotOf } from '../support/snapshot.ts'

const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service', uid: 'u1' } as const
const scaled = (from: number): Plan => ({
  headline: 'Scale orders-service to 3',
  target: 'orders-service',
  risk: 'change',
  steps: [{ kind: 'scale', ref, from, to: 3 }],
  warnings: [],
})
const quota = { code: 'QUOTA', text: 'There is room for none.' }
const accepted: Rehearsal = { differences: [], warnings: [], refused: null, accepted: 1 }

/** `read` waits until `mayRead` resolves; a rehearsal is refused when its steps are `refused`. */
function setUp(options: { now: () => Plan; mayRead?: Promise<void>; refused?: readonly Step[] }) {
  const rehearsed: (readonly Step[])[] = []
  const signals: AbortSignal[] = []
  const scale = defineChange({
    name: 'scale',
    summary: 'Change how many replicas a service runs.',
    examples: ['scale 3'],
    args: z.object({ to: z.coerce.number().int() }),
    positional: ['to'],
    family: 'cluster',
    role: 'member',
    read: async () => options.mayRead,
    plan: () => options.now(),
  })
  const planner = createPlanner({
    registry: createRegistry([scale], examplePlatform()),
    ports: () => ownPorts(snapshotOf({})),
    rehearse: async ({ steps }, signal) => {
      rehearsed.push(steps)
      signals.push(signal)
      return steps === options.refused ? { ...accepted, refused: quota } : accepted
    },
  })
  const plan = (shown?: Plan) => planner.plan('scale 3', askOf(), AbortSignal.timeout(5000), shown)
  return { plan, rehearsed, signals }
}

describe('a plan that was shown before', () => {
  it('is rehearsed while the world is read, once', async () => {
    let read = () => {}
    const mayRead = new Promise<void>((resolve) => {
      read = resolve
    })
    const { plan, rehearsed } = setUp({ now: () => scaled(2), mayRead })
    const planning = plan(scaled(2))
    await new Promise((resolve) => setImmediate(resolve))
    expect(rehearsed).toHaveLength(1)
    read()
    const { digest } = await planning
    expect(rehearsed).toHaveLength(1)
    expect(digest).toBe((await setUp({ now: () => scaled(2) }).plan()).digest)
  })

  it('that would be another one now is rehearsed as it would be now', async () => {
    const shown = scaled(2)
    const { plan, rehearsed } = setUp({ now: () => scaled(4), refused: shown.steps })
    const { plan: now } = await plan(shown)
    expect(now).toMatchObject({ steps: [{ from: 4 }], warnings: [] })
    expect(rehearsed.map(([step]) => step)).toMatchObject([{ from: 2 }, { from: 4 }])
  })

  it('and that the API server refuses now has no steps any more, and another digest', async () => {
    const shown = scaled(2)
    const { plan } = setUp({ now: () => scaled(2), refused: shown.steps })
    const { plan: now, digest } = await plan(shown)
    expect(now).toMatchObject({ steps: [], warnings: [quota] })
    expect(digest).not.toBe((await setUp({ now: () => scaled(2) }).plan()).digest)
  })

  it('and that cannot be made any more says why, and its rehearsal is given up', async () => {
    const { plan, signals } = setUp({
      now: () => {
        throw new UserError('BAD_ARGUMENT', 'There is no such service.')
      },
    })
    await expect(plan(scaled(2))).rejects.toThrow('There is no such service.')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })
})
