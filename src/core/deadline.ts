/** A signal that aborts with another one, or after a while with a `TimeoutError`, and lets go of both at the end. */
export interface Deadline {
  readonly signal: AbortSignal
  /** No more time limit; the other signal still aborts it. */
  relax(): void
  end(): void
}

/** `AbortSignal.any` with a signal that lives as long as the process keeps every combination alive; this does not. */
export function deadline(parent: AbortSignal, milliseconds: number): Deadline {
  const controller = new AbortController()
  const follow = () => controller.abort(parent.reason)
  const timer = setTimeout(
    () => controller.abort(new DOMException('the time for this was over', 'TimeoutError')),
    milliseconds,
  )
  timer.unref()
  if (parent.aborted) follow()
  else parent.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    relax: () => clearTimeout(timer),
    end() {
      clearTimeout(timer)
      parent.removeEventListener('abort', follow)
    },
  }
}
