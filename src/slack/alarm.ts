/** Runs a look whenever it is rung, one at a time, and again when the look itself says so. */
export interface Alarm {
  /** Runs the look now; when one is under way, one more follows it. */
  ring(): void
  /** Runs nothing any more; resolves when the look that is under way has ended. */
  stop(): Promise<void>
}

/**
 * `nextMs` answers after how many milliseconds to look again, null: only when rung. It is not asked when the alarm was rung
 * meanwhile, because then it is looked at once more anyway. Neither throws.
 */
export function createAlarm(look: () => Promise<void>, nextMs: () => Promise<number | null>): Alarm {
  let timer: NodeJS.Timeout | undefined
  let state: 'idle' | 'looking' | 'rung' | 'stopped' = 'idle'
  let looking: Promise<void> = Promise.resolve()

  const is = (asked: typeof state) => state === asked

  async function lookUntilQuiet(): Promise<void> {
    let afterMs: number | null = null
    do {
      state = 'looking'
      await look()
      if (is('looking')) afterMs = await nextMs()
    } while (is('rung'))
    if (is('stopped')) return
    state = 'idle'
    if (afterMs !== null) timer = setTimeout(ring, afterMs)
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
