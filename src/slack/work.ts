/** What goes on after an answer was given, so that stopping can wait for it. */
export interface Work {
  track(work: Promise<void>): void
  /** Resolves when nothing is under way, or when the time is over. */
  drain(deadlineMs: number): Promise<void>
}

/** `onError` hears of work that failed: it is nobody's answer any more. */
export function createWork(onError: (thrown: unknown) => void): Work {
  const underWay = new Set<Promise<void>>()
  return {
    track(work) {
      const tracked = work.catch(onError).finally(() => underWay.delete(tracked))
      underWay.add(tracked)
    },
    async drain(deadlineMs) {
      const deadline = performance.now() + deadlineMs
      while (underWay.size > 0) {
        const leftMs = deadline - performance.now()
        if (leftMs <= 0) return
        let timer: NodeJS.Timeout | undefined
        const over = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, leftMs)
        })
        await Promise.race([Promise.allSettled(underWay), over])
        clearTimeout(timer)
      }
    },
  }
}
