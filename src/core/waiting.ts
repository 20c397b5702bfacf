/** How long something was waited for: `0.3 s`, `5.0 s`. */
function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** What the end of a wait means, in words that follow a system's name. */
export function waitedInVain(startedAt: number): string {
  return `did not answer within ${seconds(performance.now() - startedAt)}`
}

/** Waits for `work`, but not longer than `signal` allows: then its reason is thrown, whatever `work` still does. */
export function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  if (signal.aborted) {
    work.catch(() => undefined)
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Lets everybody who asks the same thing at the same time share one look at it. The look goes on as long as one of them
 * still waits, and is aborted when the last has gone.
 */
export function shareLooks<Result>(
  look: (signal: AbortSignal) => Promise<Result>,
): (signal: AbortSignal) => Promise<Result> {
  let current: { readonly result: Promise<Result>; readonly end: AbortController; waiting: number } | null =
    null

  const begin = () => {
    const end = new AbortController()
    const shared = { result: look(end.signal), end, waiting: 0 }
    const forget = () => {
      if (current === shared) current = null
    }
    shared.result.then(forget, forget)
    return shared
  }

  return async (signal) => {
    signal.throwIfAborted()
    current ??= begin()
    const mine = current
    mine.waiting += 1
    try {
      return await orAborted(mine.result, signal)
    } finally {
      mine.waiting -= 1
      // Nobody is left of a look that still goes on. To abort one that has ended would only make an error for nobody.
      if (mine.waiting === 0 && current === mine) {
        current = null
        mine.end.abort(signal.reason)
      }
    }
  }
}
