import type { EngineContext } from './context.ts'
import { nameOf, ownerOf, stepOf } from './current.ts'
import { end, needsHuman } from './ending.ts'
import type { Hold } from './hold.ts'
import { tryLook } from './look.ts'
import { isLive, progressOf, secondsOf } from './steps/index.ts'

/** While nothing could be read yet, it is not known how long the step may take. */
const UNSEEN_SECONDS = 60

/** Waits until the cluster has done what was written, and says how far it is. */
export async function come(context: EngineContext, hold: Hold, n: number): Promise<'done' | 'ended'> {
  const started = performance.now()
  let limitMs = UNSEEN_SECONDS * 1000
  let says = 'the cluster has not been asked yet'
  for (;;) {
    const scene = await tryLook(context, hold, n, 'during')
    if (scene !== null) {
      const { step } = stepOf(hold, n)
      const progress = progressOf(step, scene, ownerOf(hold, n))
      says = progress.says
      if (isLive(step, scene)) limitMs = Math.max(limitMs, secondsOf(step, scene) * 1000)
      if (progress.state === 'done') {
        await hold.settle(n, 'done', { says })
        return 'done'
      }
      if (progress.state === 'failed') return failed(hold, n, says)
    }
    if (performance.now() - started > limitMs) {
      if (scene === null)
        return needsHuman(hold, n, 'it was written, and the cluster cannot be asked what came of it')
      return failed(hold, n, `it did not come about within ${Math.round(limitMs / 1000)} s: ${says}`)
    }
    await hold.say(n, says)
    await hold.wait(context.timing.pollMs)
  }
}

async function failed(hold: Hold, n: number, says: string): Promise<'ended'> {
  await hold.settle(n, 'failed', { says })
  return end(hold, 'failed', `${nameOf(hold, n)}: ${says}.`)
}
