import { UserError } from '../../src/core/errors.ts'
import type { Override } from '../../src/core/operation.ts'

/** What an operation took out of git's care and has not given back yet. Throws `UserError` when there is none in the channel. */
export function overrideHere(
  overrides: readonly Override[],
  operation: string,
  channel: string | null,
): Override {
  const found = overrides.find((one) => one.operation === operation && one.channel === channel)
  if (found !== undefined) return found
  throw new UserError(
    'BAD_ARGUMENT',
    `The operation ${operation} holds nothing back from git in this channel, or not any more.`,
    { suggestions: ['overrides'] },
  )
}
