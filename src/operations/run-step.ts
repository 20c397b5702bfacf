import { come } from './come.ts'
import type { EngineContext } from './context.ts'
import { stepOf } from './current.ts'
import { end } from './ending.ts'
import type { Hold } from './hold.ts'
import type { Intended } from './intent.ts'
import { reconcile } from './reconcile.ts'
import { write } from './write.ts'

/** A step that is done, or the operation that has ended with it. */
export type StepEnd = 'done' | 'ended'

/** Brings one step about: from a fresh look at its object, or from what is `intended` already, to the proof that it stands. */
export async function runStep(
  context: EngineContext,
  hold: Hold,
  n: number,
  intended: Intended | null,
): Promise<StepEnd> {
  const begun = intended === null ? stepOf(hold, n).state : 'pending'
  if (begun === 'done' || begun === 'skipped') return 'done'
  if (begun === 'failed') return end(hold, 'failed', stepOf(hold, n).says ?? 'It failed.')
  if (begun === 'intent' || begun === 'unknown') {
    const found = await reconcile(context, hold, n)
    if (found !== 'absent') return found === 'done' ? come(context, hold, n) : 'ended'
  }
  if (begun !== 'sent' && (await write(context, hold, n, intended)) === 'ended') return 'ended'
  return stepOf(hold, n).state === 'skipped' ? 'done' : come(context, hold, n)
}
