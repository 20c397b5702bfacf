import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oneLine } from '../../src/core/http-faults.ts'

describe('text from outside in a message', () => {
  it('becomes one line without control characters', () => {
    expect(oneLine('  first\r\n\tsecond\u001b[31m red\u202e \u0000end ')).toBe('first second [31m red end')
  })

  it('is cut where it is too long, and says so', () => {
    expect(oneLine('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`)
    expect(oneLine('🥐🥐🥐🥐', 3)).toBe('🥐🥐…')
  })

  it('is never longer than allowed, and never breaks the line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.integer({ min: 1, max: 300 }),
        (text, longest) => {
          const line = oneLine(text, longest)
          expect([...line].length).toBeLessThanOrEqual(longest)
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        },
      ),
    )
  })
})
