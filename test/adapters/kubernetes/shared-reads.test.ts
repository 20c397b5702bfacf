import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ApiRequest } from '../../../src/adapters/kubernetes/exchange.ts'
import { shareReads } from '../../../src/adapters/kubernetes/shared-reads.ts'

const SIGNAL = new AbortController().signal
const read = (path: string): ApiRequest => ({
  operation: { verb: 'get', resource: 'deployments', group: 'apps', namespace: 'bakery-ia' },
  path,
})

/** Answers in its own time with how many requests have left. */
function counting() {
  const left: string[] = []
  const answers: (() => void)[] = []
  const ask = shareReads(async ({ path }, signal) => {
    const count = left.push(path)
    await new Promise<void>((resolve, reject) => {
      answers.push(resolve)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
    return count
  })
  const answerAll = () => {
    for (const answer of answers.splice(0)) answer()
  }
  return { ask, left, answerAll }
}

describe('reads of the same', () => {
  it('that are asked for before the first has left are one request', async () => {
    const { ask, left, answerAll } = counting()
    const asked = [ask(read('/a'), SIGNAL), ask(read('/b'), SIGNAL), ask(read('/a'), SIGNAL)]
    await nextTurn()
    answerAll()
    expect(await Promise.all(asked)).toEqual([1, 2, 1])
    expect(left).toEqual(['/a', '/b'])
  })

  it('are another request for whoever asks when the first has left: it could be older than the question', async () => {
    const { ask, left, answerAll } = counting()
    const first = ask(read('/a'), SIGNAL)
    await nextTurn()
    const second = ask(read('/a'), SIGNAL)
    await nextTurn()
    answerAll()
    expect(await Promise.all([first, second])).toEqual([1, 2])
    expect(left).toEqual(['/a', '/a'])
  })

  it('go on for the others when one of them has gone, and end with the last', async () => {
    const { ask, left, answerAll } = counting()
    const gone = new AbortController()
    const asked = ask(read('/a'), gone.signal)
    const other = ask(read('/a'), SIGNAL)
    await nextTurn()
    gone.abort(new Error('nobody waits'))
    await expect(asked).rejects.toThrow('nobody waits')
    answerAll()
    expect(await other).toBe(1)
    await expect(ask(read('/a'), gone.signal)).rejects.toThrow('nobody waits')
    expect(left).toEqual(['/a'])
  })
})
