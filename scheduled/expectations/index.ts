import { coerceError, DependencyError } from '../../src/core/errors.ts'
import type { ReadPorts } from '../../src/core/ports/index.ts'
import type { Expectation, Unmet } from './expectation.ts'
import { jobsRan } from './jobs-ran.ts'

/** Everything that is expected to happen by itself. A new expectation is one file and one line here. */
const expectations: readonly Expectation[] = [jobsRan]

/** What did not happen. An expectation that cannot be checked is named: silence would look as if all had happened. */
export async function unmetExpectations(
  ports: ReadPorts,
  span: { readonly since: Date; readonly now: Date },
  signal: AbortSignal,
  all: readonly Expectation[] = expectations,
): Promise<readonly Unmet[]> {
  const found = await Promise.all(
    all.map(async (expectation): Promise<readonly Unmet[]> => {
      try {
        return await expectation.unmet(ports, span, signal)
      } catch (thrown) {
        const error = coerceError(thrown)
        const why = error instanceof DependencyError ? `: ${error.message.replace(/[.\s]+$/, '')}` : ''
        return [
          { what: `Whether all ${expectation.name} did what they should cannot be said${why}.`, next: null },
        ]
      }
    }),
  )
  return found.flat()
}
