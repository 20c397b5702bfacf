import type { EngineContext } from './context.ts'
import type { Hold } from './hold.ts'
import { type Intended, intentOf } from './intent.ts'
import { tryLook } from './look.ts'
import { recheck } from './recheck.ts'
import { runStep } from './run-step.ts'
import { objectionTo, type Records } from './standing.ts'
import { isReady, type Scene } from './steps/index.ts'
import { verify } from './verify.ts'

/** Takes an operation from where it is to its end, or to where a person has to say. */
export async function live(context: EngineContext, hold: Hold): Promise<void> {
  let intended: Intended | null = null
  if (hold.operation.state === 'approved') {
    const begun = await begin(context, hold)
    if (begun === 'not begun') return
    intended = begun
  }
  await comeBack(hold)
  for (const { n } of hold.operation.steps) {
    if ((await runStep(context, hold, n, intended)) === 'ended') return
    intended = null
  }
  await verify(context, hold)
}

/**
 * Asks everything again, and says that it runs: with the first intent where the first step is as it was approved, else
 * before it, and then there is none yet. Nothing outside has been touched.
 */
async function begin(context: EngineContext, hold: Hold): Promise<Intended | null | 'not begun'> {
  if (hold.operation.cancelRequested) {
    await hold.move('cancelled', 'It was cancelled before it began.')
    return 'not begun'
  }
  const measured = context.measure(hold.operation, hold.signal)
  measured.catch(() => {})
  const may = await mayBegin(context, hold)
  if (may === null) return 'not begun'
  const health = await keeping(hold, measured)
  if (health !== null) hold.remember({ health })
  const intended = await intendFirst(context, hold, may)
  if (intended === null) await hold.move('running', null)
  return intended
}

/** Under which records it may begin, and how the first step's object was at the same time; null: it could not be seen. */
interface May {
  readonly records: Records
  readonly scene: Scene | null
}

/** Null: it has to be looked at again, because the object or the records are not as they were. */
async function intendFirst(
  context: EngineContext,
  hold: Hold,
  { records, scene }: May,
): Promise<Intended | null> {
  const [first] = hold.operation.steps
  if (first === undefined || scene === null || !isReady(first.step, scene)) return null
  // A role may have ended since they were read.
  if (objectionTo(context, hold.operation, records) !== null) return null
  const { intended, before } = intentOf(hold, first.n, scene)
  await hold.renew()
  return (await hold.begin(first.n, before, records.snapshot.version)) ? intended : null
}

/** How often Slack is asked in a row while it does not answer. Then the claim ends by itself, and whoever has it next asks again. */
const MOST_ASKED = 3

/** Slack that cannot be asked is waited for: nothing is done meanwhile, and the time of the operation is the bound. */
async function mayBegin(context: EngineContext, hold: Hold): Promise<May | null> {
  for (let times = 1; ; times += 1) {
    const looked = firstLook(context, hold)
    looked.catch(() => {})
    const found = await keeping(hold, recheck(context, hold.operation, hold.signal))
    const { objection } = found
    if (objection === null) return { records: found.records, scene: await looked }
    if (objection.state !== 'approved') {
      await hold.move(objection.state, objection.says, objection.code)
      return null
    }
    await hold.say(0, objection.says)
    if (times === MOST_ASKED) return null
    await hold.wait(context.timing.retryMs)
    // It may have been cancelled, or have expired, while Slack was waited for.
    if ((await context.reader.find(hold.operation.id))?.state !== 'approved') return null
  }
}

/** The write names the version that is seen here: when that is over, it is a conflict, and the object is looked at again. */
async function firstLook(context: EngineContext, hold: Hold): Promise<Scene | null> {
  const [first] = hold.operation.steps
  return first === undefined ? null : tryLook(context, hold, first.n, 'before')
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
