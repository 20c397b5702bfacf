import type { OperationStep } from '../core/operation.ts'
import { objectName } from '../core/steps.ts'
import type { EngineContext } from './context.ts'
import { nameOf, ownerOf, stepOf } from './current.ts'
import { end, stop } from './ending.ts'
import { HandedOver, type Hold } from './hold.ts'
import { type Intended, intentOf } from './intent.ts'
import { look, tryLook } from './look.ts'
import { reconcile } from './reconcile.ts'
import { type Sent, send } from './send.ts'
import { standing } from './standing.ts'
import { isLive, type Live, mootness, observe, type Scene, secondsOf, staleness } from './steps/index.ts'

/** How often somebody else may come in between before it is given up. */
const MOST_CONFLICTS = 5
/** How often something may be lost on its way, each time proved not to have arrived. */
const MOST_LOST = 4
/** How long something that was not sent, or not read, is tried again. */
const PATIENCE_SECONDS = 60

/** Sends the step's write until it is there: first what is `intended` already. */
export async function write(
  context: EngineContext,
  hold: Hold,
  n: number,
  intended: Intended | null,
): Promise<'written' | 'ended'> {
  const started = performance.now()
  const over = (seconds = PATIENCE_SECONDS) => performance.now() - started > seconds * 1000
  for (let conflicts = 0, lost = 0, known = intended; ; known = null) {
    const next = known ?? (await intend(context, hold, n, over))
    if (next === 'written' || next === 'ended') return next
    const sent = await send(context, hold, next.request)
    if (sent.state === 'written') {
      await hold.settle(n, 'sent', { auditId: sent.auditId })
      return 'written'
    }
    if (sent.state === 'unknown') {
      const found = await reconcile(context, hold, n, context.timing.landMs)
      if (found !== 'absent') return found === 'done' ? 'written' : 'ended'
      lost += 1
      if (lost < MOST_LOST) continue
      return end(
        hold,
        'failed',
        `${nameOf(hold, n)}: it was sent ${lost} times, and never came to the API server.`,
      )
    }
    if (sent.failure.kind === 'conflict') conflicts += 1
    const given = conflicts > MOST_CONFLICTS || over(patience(sent, stepOf(hold, n), next.live))
    if (!sent.again || given) return refused(hold, n, sent)
    await hold.settle(n, 'absent', { auditId: sent.failure.auditId, says: sent.failure.message })
    const after = sent.failure.retryAfterSeconds
    await hold.wait(
      sent.failure.kind === 'conflict' ? 0 : after === null ? context.timing.retryMs : after * 1000,
    )
  }
}

/** Looks, asks whether it may go on, and writes the intent down; or says why there is nothing to send. */
async function intend(
  context: EngineContext,
  hold: Hold,
  n: number,
  over: () => boolean,
): Promise<Intended | 'written' | 'ended'> {
  const seen = tryLook(context, hold, n, 'before')
  // Whoever may not go on does not ask what was seen.
  seen.catch(() => {})
  const objected = await mayGoOn(context, hold)
  if (objected) return 'ended'
  const scene = (await seen) ?? (await look(context, hold, n, 'before', over))
  if (scene === null) return end(hold, 'failed', `The cluster could not be asked about ${nameOf(hold, n)}.`)
  const ready = await prepare(hold, n, scene)
  if (ready !== 'go') return ready
  if (!isLive(stepOf(hold, n).step, scene)) throw new Error('a step without its object was to be sent')
  const { intended, before } = intentOf(hold, n, scene)
  await hold.renew()
  await hold.intent(n, before)
  return intended
}

/** A disruption budget is waited for as long as the step may take. */
function patience(sent: Sent, { step }: OperationStep, live: Live): number {
  return sent.state === 'not-written' && sent.failure.status === 429
    ? secondsOf(step, live)
    : PATIENCE_SECONDS
}

/** Between two steps, and before each attempt: cancelled, frozen, or somebody's role is gone. */
async function mayGoOn(context: EngineContext, hold: Hold): Promise<boolean> {
  const objecting = standing(context, hold.operation)
  objecting.catch(() => {})
  await hold.renew('now')
  if (hold.signal.aborted) throw new HandedOver('the process stops')
  if (hold.operation.cancelRequested) {
    await stop(hold, 'cancelled', 'It was cancelled.')
    return true
  }
  const objection = await objecting
  if (objection === null) return false
  await stop(hold, objection.state, objection.says, objection.code)
  return true
}

/** Whether the object is as it was approved. What was perhaps sent before is recognised first. */
async function prepare(hold: Hold, n: number, scene: Scene): Promise<'go' | 'written' | 'ended'> {
  const { step, before } = stepOf(hold, n)
  if (before !== null && observe(step, scene, ownerOf(hold, n)) === 'done') {
    return 'written'
  }
  const moot = mootness(step, scene)
  if (moot !== null) {
    await hold.settle(n, 'skipped', { says: moot })
    return 'written'
  }
  const stale = staleness(step, scene)
  if (stale === null) return 'go'
  await stop(
    hold,
    'stale',
    `${objectName(step.ref)} has changed since this was approved: ${stale}.`,
    'STALE_PLAN',
  )
  return 'ended'
}

async function refused(
  hold: Hold,
  n: number,
  sent: Extract<Sent, { state: 'not-written' }>,
): Promise<'ended'> {
  const { message, auditId } = sent.failure
  // Proved: nothing of it was written.
  await hold.settle(n, 'absent', { auditId, says: message })
  return end(hold, 'failed', `${nameOf(hold, n)}: ${message}`)
}
