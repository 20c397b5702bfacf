import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { UserError } from '../../src/core/errors.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { fromSlack } from '../../src/core/tokens.ts'
import { refusal } from '../../src/views/refusal.ts'
import { assertHarmless, hostileText, seedOf } from '../support/hostile.ts'
import { examplePlatform } from '../support/platform.ts'

const RUNS = 50_000
const registry = createRegistry(commands, examplePlatform(), ['morning-health'])
const names = commands.map(({ name }) => name)

/** Lines that are nearly right are worse than noise: they come farther. */
const line = fc.oneof(
  { weight: 1, arbitrary: hostileText },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...names, 'helth', 'roles', 'LOGS'),
        fc.array(
          fc.oneof(
            hostileText,
            fc.constantFrom(
              'orders',
              '--since',
              '1h',
              '--json',
              '<@U0ANA|ana>',
              'member',
              '--in=#operations',
              '—for',
              '8h',
            ),
            hostileText.map((value) => `--${value}`),
            hostileText.map((value) => `--grep="${value}"`),
          ),
          { maxLength: 5 },
        ),
      )
      .map(([name, rest]) => [name, ...rest].join(' ')),
  },
)

describe('fifty thousand hostile lines', () => {
  it('each mean a command or are refused with a harmless sentence', { timeout: 120_000 }, () => {
    let understood = 0
    fc.assert(
      fc.property(line, (typed) => {
        try {
          const resolved = registry.resolve(fromSlack(typed))
          understood += 1
          expect(registry.resolve(resolved.line).line).toBe(resolved.line)
        } catch (thrown) {
          if (!(thrown instanceof UserError)) throw thrown
          const { code, message, suggestions } = thrown
          assertHarmless(refusal({ code, message, suggestions, ref: 'K7M2Q9XA' }))
        }
      }),
      { numRuns: RUNS, seed: seedOf('hostile command lines') },
    )
    expect(understood).toBeGreaterThan(0)
  })
})
