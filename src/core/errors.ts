import type { Code } from './codes.ts'

/** A name that nothing has, and those that were probably meant: whoever finds out knows the name, not the line that it stood in. */
export interface Meant {
  readonly given: string
  readonly names: readonly string[]
}

/**
 * Something a person can mend: a wrong argument, a missing role, an unknown service. Its message is shown as it is, so it
 * says what happened, where, and what was expected. `suggestions` are command lines worth trying instead.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: Code
  readonly suggestions: readonly string[]
  /** The operation that it is about, for the audit row; null: none. */
  readonly operation: string | null
  /** The line that others here may run, and this person may not; null: nobody is to be asked. */
  readonly askFor: string | null
  /** Which name was probably meant; null: that is not what is wrong. */
  readonly meant: Meant | null

  constructor(
    code: Code,
    message: string,
    options: {
      suggestions?: readonly string[]
      operation?: string | null
      askFor?: string
      meant?: Meant
      cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.suggestions = options.suggestions ?? []
    this.operation = options.operation ?? null
    this.askFor = options.askFor ?? null
    this.meant = options.meant ?? null
  }
}

/**
 * A system that we depend on did not do what was asked of it. The message is safe to show (it never holds a secret);
 * the cause is for the log. `retryable` says whether the same read may succeed a moment later.
 */
export class DependencyError extends Error {
  override readonly name = 'DependencyError'
  readonly dependency: string
  readonly operation: string
  readonly retryable: boolean

  constructor(facts: {
    dependency: string
    operation: string
    message: string
    retryable?: boolean
    cause?: unknown
  }) {
    super(facts.message, { cause: facts.cause })
    this.dependency = facts.dependency
    this.operation = facts.operation
    this.retryable = facts.retryable ?? false
  }
}

/** Whatever was thrown, as an Error. */
export function coerceError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  return new Error(typeof thrown === 'string' ? thrown : 'something that is not an Error was thrown', {
    cause: thrown,
  })
}
