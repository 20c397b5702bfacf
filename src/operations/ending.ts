import { nameOf } from './current.ts'
import type { Hold } from './hold.ts'

/** Ends the operation; what is left of it is not begun any more. */
export async function end(hold: Hold, state: 'failed', says: string): Promise<'ended'> {
  return stop(hold, state, says)
}

export async function stop(
  hold: Hold,
  state: 'failed' | 'cancelled' | 'stale' | 'revoked' | 'expired',
  says: string,
  code: Parameters<Hold['move']>[2] = null,
): Promise<'ended'> {
  const done = hold.operation.steps.filter((step) => step.state === 'done').length
  const total = hold.operation.steps.length
  const before = done > 0 && total > 1 ? ` ${done} of ${total} steps had been done.` : ''
  // `running` cannot expire: whoever may no longer go on is revoked.
  await hold.move(state === 'expired' ? 'revoked' : state, `${says}${before}`, code)
  return 'ended'
}

export async function needsHuman(hold: Hold, n: number, why: string): Promise<'ended'> {
  await hold.move('needs-human', `${nameOf(hold, n)}: ${why}. Look at it, then say how it ended.`)
  return 'ended'
}
