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
  const objection = await keeping(hold, recheck(context, hold.operation, hold.signal))
  if (objection !== null) {
    await hold.move(objection.state, objection.says, objection.code)
    return false
  }
  const health = await keeping(hold, context.measure(hold.operation, hold.signal))
  if (health !== null) hold.remember({ health })
  await hold.move('running', null)
  return true
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
