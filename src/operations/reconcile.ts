import type { EngineContext } from './context.ts'
import { ownerOf, stepOf } from './current.ts'
import { needsHuman } from './ending.ts'
import type { Hold } from './hold.ts'
import { tryLook } from './look.ts'
import { type Observation, observe } from './steps/index.ts'

/**
 * Finds out what became of a write whose outcome was not seen: waits until no answer can come any more, then reads back
 * twice. What was proved not to have happened may be sent again: the version that it names makes a late one fail.
 */
export async function reconcile(
  context: EngineContext,
  hold: Hold,
  n: number,
  waitMs = context.timing.landMs,
): Promise<'done' | 'absent' | 'ended'> {
  await hold.settle(n, 'unknown', { says: 'Its outcome was not seen: it is being looked for.' })
  if (hold.operation.state === 'running' || hold.operation.state === 'verifying')
    await hold.move('unknown', null)
  if (hold.operation.state === 'unknown') await hold.move('reconciling', null)
  await hold.wait(waitMs)
  const until = performance.now() + context.timing.reconcileMs
  const seen: string[] = []
  while (performance.now() < until) {
    const scene = await tryLook(context, hold, n, 'during')
    if (scene !== null) {
      const now = observe(stepOf(hold, n).step, scene, ownerOf(hold, n))
      if (seen.at(-1) === now) return reconciled(hold, n, now)
      seen.push(now)
    }
    await hold.wait(Math.min(context.timing.pollMs, context.timing.retryMs))
  }
  const why = 'it could not be found out whether it happened'
  return needsHuman(hold, n, why)
}

async function reconciled(hold: Hold, n: number, found: Observation): Promise<'done' | 'absent' | 'ended'> {
  if (found === 'other') return needsHuman(hold, n, 'something else has happened to it meanwhile')
  const says = found === 'done' ? 'It has happened.' : 'It has not happened.'
  await hold.settle(n, found === 'done' ? 'sent' : 'absent', { says })
  await hold.move('running', null)
  return found
}
