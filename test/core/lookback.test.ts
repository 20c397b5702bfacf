import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLookback } from '../../src/core/lookback.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 5) + seconds * 1000)

describe('looking back', () => {
  it('has nothing to compare the first look with', () => {
    expect(createLookback().remember({ at: at(0), value: 1 })).toBeNull()
  })

  it('compares with the oldest look as long as none is half a minute old', () => {
    const lookback = createLookback<number>()
    lookback.remember({ at: at(0), value: 0 })
    expect(lookback.remember({ at: at(1), value: 1 })?.value).toBe(0)
    expect(lookback.remember({ at: at(20), value: 20 })?.value).toBe(0)
  })

  it('compares with the newest look that is half a minute old', () => {
    const lookback = createLookback<number>()
    for (const second of [0, 10, 20, 30, 40]) lookback.remember({ at: at(second), value: second })
    expect(lookback.remember({ at: at(51), value: 51 })?.value).toBe(20)
    expect(lookback.remember({ at: at(3600), value: 3600 })?.value).toBe(51)
  })

  it('shows the same span to two who ask one after the other', () => {
    const lookback = createLookback<number>()
    lookback.remember({ at: at(0), value: 0 })
    expect(lookback.remember({ at: at(60), value: 60 })?.value).toBe(0)
    expect(lookback.remember({ at: at(60.5), value: 61 })?.value).toBe(0)
  })

  it('forgets looks from a time that has not come, when the clock was set back', () => {
    const lookback = createLookback<number>()
    lookback.remember({ at: at(100), value: 100 })
    expect(lookback.remember({ at: at(50), value: 50 })).toBeNull()
  })

  it('never compares with a later look, and with an old enough one when there is one', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 })
    fc.assert(
      fc.property(gaps, (steps) => {
        const lookback = createLookback<number>()
        let now = 0
        lookback.remember({ at: at(0), value: 0 })
        for (const step of steps) {
          now += step
          const earlier = lookback.remember({ at: at(now), value: now })?.value ?? Number.NaN
          expect(earlier).toBeLessThanOrEqual(now)
          expect(now - earlier >= 30 || earlier === 0).toBe(true)
        }
      }),
    )
  })
})
