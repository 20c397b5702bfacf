import { setTimeout as sleep } from 'node:timers/promises'
import { coerceError, DependencyError } from '../../core/errors.ts'
import type { Observed } from '../../core/ports/cluster.ts'

/** metrics-server's own resolution: asking more often gives the same numbers. */
const EVERY_MS = 15_000
/** The oldest sample that is still given out: four measurements. */
const OLDEST_MS = 60_000

/** A measurement that has no watch: taken again and again in the background, so that no reader waits for it. */
export interface Sampler<T> {
  start(): void
  stop(): Promise<void>
  /** The newest sample. Waits for the first one; throws what went wrong when there is none that is new enough. */
  read(signal: AbortSignal): Promise<Observed<T>>
}

export interface SamplerOptions<T> {
  readonly sample: (signal: AbortSignal) => Promise<Observed<T>>
  readonly everyMs?: number
  readonly now?: () => number
}

export function createSampler<T>({
  sample,
  everyMs = EVERY_MS,
  now = Date.now,
}: SamplerOptions<T>): Sampler<T> {
  const stopping = new AbortController()
  let newest: Observed<T> | null = null
  let failure: Error | null = null
  let sampling: Promise<void> | null = null
  let running: Promise<void> | null = null

  async function take(signal: AbortSignal): Promise<void> {
    try {
      newest = await sample(signal)
      failure = null
    } catch (error) {
      failure = coerceError(error)
    } finally {
      sampling = null
    }
  }

  function age(): number {
    return newest === null ? Number.POSITIVE_INFINITY : now() - newest.observedAt.getTime()
  }

  async function again(): Promise<void> {
    sampling ??= take(stopping.signal)
    await sampling
  }

  return {
    start() {
      running ??= repeat(again, everyMs, stopping.signal)
    },
    async stop() {
      stopping.abort()
      await running
    },
    async read(signal) {
      if (age() >= everyMs * 2) sampling ??= take(stopping.signal)
      if (age() > OLDEST_MS && sampling !== null) await unlessAborted(sampling, signal)
      if (newest !== null && age() <= OLDEST_MS) return newest
      throw failure ?? unanswered()
    },
  }
}

async function repeat(work: () => Promise<void>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work()
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

function unanswered(): DependencyError {
  return new DependencyError({
    dependency: 'kubernetes',
    operation: 'sample usage',
    message: 'the usage is not known: metrics-server has not answered yet',
    retryable: true,
  })
}

/** Waits for the promise or the signal, whichever comes first. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const given = Promise.withResolvers<void>()
  const give = () => given.resolve()
  signal.addEventListener('abort', give, { once: true })
  await Promise.race([promise, given.promise])
  signal.removeEventListener('abort', give)
}
