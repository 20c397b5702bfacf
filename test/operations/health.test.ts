import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/core/operation.ts'
import type { Step } from '../../src/core/steps.ts'
import { type Health, healthBefore, worsened } from '../../src/operations/health.ts'
import { createWatch, type WatchOptions } from '../../src/operations/watch.ts'
import { operationOf } from '../support/operations.ts'
import { examplePlatform } from '../support/platform.ts'

const { thresholds } = examplePlatform()
const was: Health = [{ name: 'orders-service', errorRate: 0.4, p99Ms: 300, restarts: 0 }]
const is = (changes: Partial<Health[number]>): Health => [{ ...was[0]!, ...changes }]

describe('the health after a change', () => {
  it('is worse over the platform’s threshold and clearly above what it was', () => {
    expect(worsened(was, is({ errorRate: 6 }), thresholds)).toEqual([
      { name: 'orders-service', says: 'error rate 6 % (before: 0.4 %)' },
    ])
    expect(worsened(was, is({ p99Ms: 2600, restarts: 4 }), thresholds)[0]?.says).toBe(
      'p99 2600 ms (before: 300 ms), 4 restarts since',
    )
  })

  it('is not worse below the threshold, nor where it was as bad before, nor where a figure is missing', () => {
    expect(worsened(was, is({ errorRate: 0.9 }), thresholds)).toEqual([])
    expect(worsened(is({ errorRate: 6 }), is({ errorRate: 7 }), thresholds)).toEqual([])
    expect(worsened(was, is({ errorRate: null }), thresholds)).toEqual([])
    expect(worsened([], is({ errorRate: 50 }), thresholds)).toEqual([])
  })

  it('is never worse than itself', () => {
    const figure = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }))
    fc.assert(
      fc.property(figure, figure, figure, (errorRate, p99Ms, restarts) => {
        const health = [{ name: 'x', errorRate: errorRate || null, p99Ms: p99Ms || null, restarts }]
        expect(worsened(health, health, thresholds)).toEqual([])
      }),
    )
  })

  it('before the change is what was kept with its first intent, whatever else is there', () => {
    const [step] = operationOf().steps
    const kept = { ...step!, before: { resourceVersion: '1', health: was } }
    expect(healthBefore({ steps: [kept, { ...step!, before: { health: 'nonsense' } }] })).toEqual(was)
  })
})

const NOW = new Date('2026-11-23T05:10:00Z')

function watching(operation: Operation, now: Health) {
  const notes: unknown[][] = []
  const followed: unknown[] = []
  const options: WatchOptions = {
    reader: { list: async () => [operation] },
    operations: {
      async follow(cause) {
        followed.push(cause)
        return operationOf({ id: 'undo123456' })
      },
    },
    note: async (...args) => void notes.push(args),
    measure: async () => now,
    ...{ thresholds, now: () => NOW, log: { info() {}, warn() {} } },
    views: {
      card: async () => ({ kind: 'result', text: 'Succeeded', blocks: [], audience: 'channel' }),
      worse: ({ undoing }) => ({ kind: 'alert', text: `worse, ${undoing}`, blocks: [], audience: 'channel' }),
    },
  }
  return { watch: createWatch(options), notes, followed }
}

function succeeded(changes: Partial<Operation> = {}): Operation {
  const { steps, ...rest } = operationOf({
    state: 'succeeded',
    card: 'card-id',
    settledAt: '2026-11-23T05:05:00Z',
  })
  return {
    ...rest,
    steps: steps.map((step) => ({ ...step, state: 'done', before: { health: was } })),
    ...changes,
  }
}

describe('the watch after a success', () => {
  const signal = new AbortController().signal

  it('says it once in the thread of the operation when it is worse', async () => {
    const { watch, notes, followed } = watching(succeeded(), is({ errorRate: 9 }))
    await watch(signal)
    await watch(signal)
    expect(notes).toHaveLength(1)
    expect(notes[0]?.[1]).toMatchObject([
      {
        destination: { to: 'update', of: 'card-id' },
        answer: { text: 'Succeeded', thread: [{ text: 'worse, false' }] },
      },
    ])
    expect(followed).toEqual([])
  })

  it('undoes at once what still waits to be confirmed', async () => {
    const waiting = succeeded({ confirmUntil: '2026-11-23T05:15:00Z' })
    const { watch, notes, followed } = watching(waiting, is({ errorRate: 9 }))
    await watch(signal)
    expect(followed).toEqual([{ kind: 'undo', operation: waiting.id }])
    expect(notes[0]?.[1]).toMatchObject([{ answer: { thread: [{ text: 'worse, true' }] } }])
  })

  it('never says that it undoes what nothing can take back', async () => {
    const [first] = succeeded().steps
    const step = { kind: 'restart', ref: first!.step.ref, template: 'x' } as Step
    const waiting = succeeded({ confirmUntil: '2026-11-23T05:15:00Z', steps: [{ ...first!, step }] })
    const { watch, notes, followed } = watching(waiting, is({ errorRate: 9 }))
    await watch(signal)
    expect(followed).toEqual([])
    expect(notes[0]?.[1]).toMatchObject([{ answer: { thread: [{ text: 'worse, false' }] } }])
  })

  it.each([
    ['it is well', succeeded(), is({})],
    ['it was long ago', succeeded({ settledAt: '2026-11-23T04:00:00Z' }), is({ errorRate: 9 })],
    ['it has only just succeeded', succeeded({ settledAt: '2026-11-23T05:09:55Z' }), is({ errorRate: 9 })],
    ['it was undone', succeeded({ undoneBy: 'x' }), is({ errorRate: 9 })],
    ['it was an undo by itself', succeeded({ follows: 'undo' }), is({ errorRate: 9 })],
  ])('says nothing when %s', async (_why, operation, now) => {
    const { watch, notes } = watching(operation, now)
    await watch(signal)
    expect(notes).toEqual([])
  })
})
