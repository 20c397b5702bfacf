import { coerceError } from '../core/errors.ts'
import type { Claim } from '../core/ports/operations.ts'
import type { EngineContext } from './context.ts'
import { ClaimLost, createHold, HandedOver, type Hold, pause } from './hold.ts'
import { live } from './live.ts'

export interface Engine {
  start(): void
  /** Hands over what is under way: a write that was sent is waited for, nothing new is begun. */
  stop(): Promise<void>
}

/** A process does a few at once; the others wait for it or for another process. */
const AT_ONCE = 4

/** Brings operations about, over any number of processes: who claims one has it, until its lease ends. */
export function createEngine(context: EngineContext, atOnce: number = AT_ONCE): Engine {
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  let waking = new AbortController()
  let pumping: Promise<void> = Promise.resolve()
  let stopListening = () => {}
  const wake = () => waking.abort()

  async function pump(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController()
      while (underWay.size < atOnce && !stopping.signal.aborted) {
        const claim = await claimOne(context)
        if (claim === null) break
        const done = work(context, claim, stopping.signal).finally(() => {
          underWay.delete(done)
          wake()
        })
        underWay.add(done)
      }
      await pause(context.timing.idleMs, AbortSignal.any([waking.signal, stopping.signal]))
    }
  }

  return {
    start() {
      stopListening = context.operations.onWaiting(wake)
      pumping = pump()
    },
    async stop() {
      stopListening()
      stopping.abort(new HandedOver('the process stops'))
      await pumping
      await Promise.all(underWay)
    },
  }
}

/** Null also when the database cannot be asked: it is asked again in a while. */
async function claimOne({ operations, leaseSeconds, log }: EngineContext): Promise<Claim | null> {
  try {
    return await operations.claim(leaseSeconds)
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'operations cannot be claimed')
    return null
  }
}

/** Never throws: what goes wrong on our side leaves the operation to whoever claims it when the lease has ended. */
async function work(context: EngineContext, claim: Claim, signal: AbortSignal): Promise<void> {
  const { log } = context
  const facts = { operation: claim.operation.id, fence: claim.fence, state: claim.operation.state }
  const hold = createHold(context, claim, signal)
  log.info(facts, 'an operation is taken on')
  try {
    await live(context, hold)
    log.info({ ...facts, state: hold.operation.state }, 'an operation is let go of')
  } catch (thrown) {
    if (thrown instanceof HandedOver) return handOver(hold, context)
    if (thrown instanceof ClaimLost) log.warn(facts, 'an operation is somebody else’s now')
    else
      log.error(
        { ...facts, err: coerceError(thrown) },
        'an operation was interrupted: it goes on when its lease has ended',
      )
  }
}

async function handOver(hold: Hold, { log }: EngineContext): Promise<void> {
  try {
    await hold.release()
    log.info({ operation: hold.operation.id }, 'an operation is handed over')
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the claim of an operation ends by itself')
  }
}
