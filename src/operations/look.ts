import { DependencyError } from '../core/errors.ts'
import type { EngineContext } from './context.ts'
import { stepOf } from './current.ts'
import { HandedOver, type Hold } from './hold.ts'
import { readScene } from './scene.ts'
import type { Scene } from './steps/index.ts'

/** Looks until it can see, as long as there is patience; null: it could not. */
export async function look(
  context: EngineContext,
  hold: Hold,
  n: number,
  when: 'before' | 'during',
  over: () => boolean,
): Promise<Scene | null> {
  for (;;) {
    const scene = await tryLook(context, hold, n, when)
    if (scene !== null || over()) return scene
    await hold.wait(context.timing.retryMs)
  }
}

/** Null: the cluster cannot be asked at the moment. */
export async function tryLook(
  { objects }: EngineContext,
  hold: Hold,
  n: number,
  when: 'before' | 'during',
): Promise<Scene | null> {
  await hold.renew()
  if (hold.signal.aborted) throw new HandedOver('the process stops')
  const { step, before } = stepOf(hold, n)
  try {
    return await readScene(
      objects,
      step,
      when,
      before,
      AbortSignal.timeout(Math.max(1, Math.floor(hold.leftMs))),
    )
  } catch (thrown) {
    if (thrown instanceof DependencyError) return null
    throw thrown
  }
}
