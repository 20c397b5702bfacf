/** Runs a look whenever it is rung, one at a time, and again when the look itself says so. */
export interface Alarm {
  /** Runs the look now; when one is under way, one more follows it. */
  ring(): void
  /** Runs nothing any more; resolves when the look that is under way has ended. */
  stop(): Promise<void>
}

/** `look` never throws. It answers after how many milliseconds to look again; null: only when rung. */
export function createAlarm(look: () => Promise<number | null>): Alarm {
  let timer: NodeJS.Timeout | undefined
  let state: 'idle' | 'looking' | 'rung' | 'stopped' = 'idle'
  let looking: Promise<void> = Promise.resolve()

  const is = (asked: typeof state) => state === asked

  async function lookUntilQuiet(): Promise<void> {
    let nextMs: number | null
    do {
      state = 'looking'
      nextMs = await look()
    } while (is('rung'))
    if (is('stopped')) return
    state = 'idle'
    if (nextMs !== null) timer = setTimeout(ring, nextMs)
  }

  function ring(): void {
    if (state === 'looking') state = 'rung'
    if (state !== 'idle') return
    clearTimeout(timer)
    looking = lookUntilQuiet()
  }

  return {
    ring,
    stop() {
      state = 'stopped'
      clearTimeout(timer)
      return looking
    },
  }
}
