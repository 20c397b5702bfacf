import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { Code } from '../../src/core/codes.ts'
import { DependencyError, UserError } from '../../src/core/errors.ts'

/** The DependencyError that this ends with; anything else is a failure of the test. */
export async function dependencyError(work: Promise<unknown>): Promise<DependencyError> {
  try {
    await work
  } catch (error) {
    if (error instanceof DependencyError) return error
    throw new Error('another error than a DependencyError was thrown', { cause: error })
  }
  throw new Error('nothing was thrown')
}

/** Everything that a log or a message could hold of an error: fields, causes and all. */
export function everythingOf(error: unknown): string {
  const parts = [inspect(error, { depth: 20, showHidden: true }), String(error)]
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    parts.push(each.stack ?? '', JSON.stringify(each), JSON.stringify(each, Object.getOwnPropertyNames(each)))
  }
  return parts.join('\n')
}

/** Fails unless this ends with a `UserError` of this code that says so. */
export async function expectUserError(work: Promise<unknown>, code: Code, says: RegExp): Promise<UserError> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    expect(error.code).toBe(code)
    expect(error.message).toMatch(says)
    return error
  }
  throw new Error('nothing was thrown')
}
