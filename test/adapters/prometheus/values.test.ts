import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseValue } from '../../../src/adapters/prometheus/values.ts'

describe('a value as Prometheus writes it', () => {
  it.each([
    ['0.42', 0.42],
    ['-1', -1],
    ['1e-07', 1e-7],
    ['1.7976931348623157e+308', Number.MAX_VALUE],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
  ])('reads %s', (text, value) => {
    expect(parseValue(text)).toBe(value)
  })

  it.each(['', ' ', 'nan', 'Infinity', '0x10', '1,5', '1 2', '--1', 'e5', '.'])(
    'does not read %j',
    (text) => {
      expect(parseValue(text)).toBeNull()
    },
  )

  it('reads every number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseValue(String(value))).toBe(value === 0 ? Number(String(value)) : value)
      }),
    )
  })

  it('gives a number or null for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = parseValue(text)
        expect(value === null || typeof value === 'number').toBe(true)
      }),
    )
  })
})
