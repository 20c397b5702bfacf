import type { EngineContext } from './context.ts'
import type { Hold } from './hold.ts'
import { recheck } from './recheck.ts'
import { runStep } from './run-step.ts'
import { verify } from './verify.ts'

/** Takes an operation from where it is to its end, or to where a person has to say. */
export async function live(context: EngineContext, hold: Hold): Promise<void> {
  if (hold.operation.state === 'approved' && !(await begin(context, hold))) return
  await comeBack(hold)
  for (const { n } of hold.operation.steps) {
    if ((await runStep(context, hold, n)) === 'ended') return
  }
  await verify(context, hold)
}

/** Asks everything again, and says that it begins. Nothing outside has been touched yet. */
async function begin(context: EngineContext, hold: Hold): Promise<boolean> {
  if (hold.operation.cancelRequested) {
    await hold.move('cancelled', 'It was cancelled before it began.')
    return false
  }
  const measured = context.measure(hold.operation, hold.signal)
  measured.catch(() => {})
  if (!(await mayBegin(context, hold))) return false
  await hold.move('running', null)
  const health = await keeping(hold, measured)
  if (health !== null) hold.remember({ health })
  return true
}

/** How often Slack is asked in a row while it does not answer. Then the claim ends by itself, and whoever has it next asks again. */
const MOST_ASKED = 3

/** Slack that cannot be asked is waited for: nothing is done meanwhile, and the time of the operation is the bound. */
async function mayBegin(context: EngineContext, hold: Hold): Promise<boolean> {
  for (let times = 1; ; times += 1) {
    const found = await keeping(hold, recheck(context, hold.operation, hold.signal))
    if (found === null) return true
    if (found.state !== 'approved') {
      await hold.move(found.state, found.says, found.code)
      return false
    }
    await hold.say(0, found.says)
    if (times === MOST_ASKED) return false
    await hold.wait(context.timing.retryMs)
    // It may have been cancelled, or have expired, while Slack was waited for.
    if ((await context.reader.find(hold.operation.id))?.state !== 'approved') return false
  }
}

/** The lease is kept while something is asked that takes its time. */
export async function keeping<Result>(hold: Hold, work: Promise<Result>): Promise<Result> {
  const settled = work.then(
    () => true,
    () => true,
  )
  while (!(await Promise.race([settled, hold.wait(200).then(() => false)])));
  return work
}

/** A worker that is gone may have left it between two states: what was not seen is found out by its step. */
async function comeBack(hold: Hold): Promise<void> {
  const { state, steps } = hold.operation
  const open = steps.some((step) => step.state === 'intent' || step.state === 'unknown')
  if (open || (state !== 'unknown' && state !== 'reconciling')) return
  if (state === 'unknown') await hold.move('reconciling', null)
  await hold.move('running', null)
}
