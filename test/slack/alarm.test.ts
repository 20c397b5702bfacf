import { describe, expect, it } from 'vitest'
import { createAlarm } from '../../src/slack/alarm.ts'
import { until } from './support/bot.ts'

/** A look that ends when it is told to. */
function gatedLook(answer: number | null = null) {
  const ends: (() => void)[] = []
  let asked = 0
  return {
    look: () => new Promise<void>((resolve) => ends.push(resolve)),
    next: async () => {
      asked += 1
      return answer
    },
    count: () => ends.length,
    asked: () => asked,
    end: () => ends.at(-1)?.(),
  }
}

describe('the alarm', () => {
  it('looks at once when it is rung', () => {
    const gate = gatedLook()
    createAlarm(gate.look, gate.next).ring()
    expect(gate.count()).toBe(1)
  })

  it('looks once more, and only once more, however often it is rung during a look', async () => {
    const gate = gatedLook()
    const alarm = createAlarm(gate.look, gate.next)
    for (let rings = 0; rings < 10; rings += 1) alarm.ring()
    expect(gate.count()).toBe(1)
    gate.end()
    await until('it looks again', () => gate.count() === 2)
    gate.end()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(gate.count()).toBe(2)
    expect(gate.asked(), 'when to look again, once it is quiet').toBe(1)
  })

  it('looks again by itself when the look says so', async () => {
    const gate = gatedLook(1)
    const alarm = createAlarm(gate.look, gate.next)
    alarm.ring()
    gate.end()
    await until('it looks again', () => gate.count() === 2)
    const stopped = alarm.stop()
    gate.end()
    await stopped
  })

  it('stops when the look has ended, and cannot be rung any more', async () => {
    const gate = gatedLook(1)
    const alarm = createAlarm(gate.look, gate.next)
    alarm.ring()
    let stopped = false
    const stopping = alarm.stop().then(() => {
      stopped = true
    })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(stopped).toBe(false)
    gate.end()
    await stopping
    alarm.ring()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(gate.count()).toBe(1)
  })
})
