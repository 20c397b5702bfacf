import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createReachability } from '../../src/slack/reachability.ts'

function create() {
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line).msg) })
  return { logged, reachability: createReachability(log, () => 1) }
}

describe('whether Slack takes messages', () => {
  it('is doubted at once when no connection can be made', () => {
    const { reachability } = create()
    expect(reachability.failed('o1', 'slack', 'ECONNREFUSED')).toBe(500)
    expect(reachability.outage()?.reason).toBe('ECONNREFUSED')
  })

  it('is doubted when three different messages failed in a row, not when one failed three times', () => {
    const { reachability } = create()
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(reachability.failed('o1', 'perhaps', 'HTTP 500')).toBeNull()
    }
    expect(reachability.failed('o2', 'perhaps', 'HTTP 500')).toBeNull()
    expect(reachability.failed('o3', 'perhaps', 'HTTP 500')).toBe(500)
  })

  it('is not doubted when messages succeed in between', () => {
    const { reachability } = create()
    for (const id of ['o1', 'o2', 'o3', 'o4', 'o5']) {
      expect(reachability.failed(id, 'perhaps', 'HTTP 500')).toBeNull()
      reachability.succeeded()
    }
    expect(reachability.outage()).toBeNull()
  })

  it('is not doubted for a failure that says nothing', () => {
    const { reachability } = create()
    for (const id of ['o1', 'o2', 'o3', 'o4']) expect(reachability.failed(id, 'nobody', 'x')).toBeNull()
  })

  it('is asked for less and less often, but at least every 15 s', () => {
    const { reachability } = create()
    const waits = Array.from({ length: 8 }, () => reachability.failed('o1', 'slack', 'x'))
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  })

  it('is told once when it begins and once when it ends', () => {
    const { logged, reachability } = create()
    for (let count = 0; count < 1_000; count += 1) reachability.failed(`o${count}`, 'slack', 'x')
    reachability.succeeded()
    reachability.succeeded()
    expect(logged).toEqual(['Slack takes no messages: they wait in the outbox', 'Slack takes messages again'])
    expect(reachability.failed('o1', 'slack', 'x')).toBe(500)
  })
})
