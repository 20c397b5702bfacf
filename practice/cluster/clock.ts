/** Time as the practice cluster knows it: real in practice, moved by hand in tests and while the platform is laid out. */
export interface Clock {
  now(): Date
  /** Runs `task` once, `ms` later; the answer cancels it. */
  after(ms: number, task: () => void): () => void
}

export interface SystemClock extends Clock {
  /** Cancels everything that is still to come. */
  stop(): void
}

export function systemClock(): SystemClock {
  const timers = new Set<NodeJS.Timeout>()
  return {
    now: () => new Date(),
    after(ms, task) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        task()
      }, ms)
      timers.add(timer)
      return () => {
        timers.delete(timer)
        clearTimeout(timer)
      }
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

export interface ManualClock extends Clock {
  /** Moves time on, running what falls due on the way, in order. */
  advance(ms: number): void
  /** Gives what is still to come to another clock, each with the time that it still had to wait. */
  handOver(to: Clock): void
}

export function manualClock(start: Date): ManualClock {
  let time = start.getTime()
  let order = 0
  const waiting = new Map<number, { due: number; task: () => void }>()

  const next = (until: number) =>
    [...waiting].filter(([, { due }]) => due <= until).sort(([a, x], [b, y]) => x.due - y.due || a - b)[0]

  return {
    now: () => new Date(time),
    after(ms, task) {
      const id = order++
      waiting.set(id, { due: time + ms, task })
      return () => waiting.delete(id)
    },
    advance(ms) {
      const until = time + ms
      for (let found = next(until); found; found = next(until)) {
        const [id, { due, task }] = found
        waiting.delete(id)
        time = due
        task()
      }
      time = until
    },
    handOver(to) {
      for (const { due, task } of waiting.values()) to.after(due - time, task)
      waiting.clear()
    },
  }
}

export interface SwitchedClock extends Clock {
  switchTo(clock: Clock): void
}

/** One clock for everybody that can be exchanged for another behind their backs. */
export function switchedClock(first: Clock): SwitchedClock {
  let current = first
  return {
    now: () => current.now(),
    after: (ms, task) => current.after(ms, task),
    switchTo(clock) {
      current = clock
    },
  }
}
