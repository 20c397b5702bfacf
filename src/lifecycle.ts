import { coerceError } from './core/errors.ts'

/**
 * A stack of things to release. What was opened last is released first; every release is tried even when one before it
 * failed, and the first error is thrown at the end.
 */
export interface Releases {
  /** Remembers how to release what was just opened, and gives it back. */
  add<T>(opened: T, release: (opened: T) => unknown): T
  releaseAll(): Promise<void>
}

export function createReleases(): Releases {
  const stack: (() => unknown)[] = []
  let released = false
  return {
    add(opened, release) {
      stack.push(() => release(opened))
      return opened
    },
    async releaseAll() {
      if (released) return
      released = true
      let first: Error | null = null
      while (stack.length > 0) {
        try {
          await stack.pop()?.()
        } catch (thrown) {
          first ??= coerceError(thrown)
        }
      }
      if (first) throw first
    },
  }
}

/**
 * Resolves with the first of these signals to arrive. Those after it change nothing: a terminal and npm both pass on the
 * same Ctrl-C, and what is ending has a deadline of its own.
 */
export function untilSignal(
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, () => resolve(signal))
  })
}
