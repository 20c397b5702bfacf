import { EventEmitter, once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { DependencyError } from '../../core/errors.ts'
import type { Observed } from '../../core/ports/cluster.ts'
import { operationName } from './failures.ts'
import { trim } from './list.ts'
import { operationOf, type Resource } from './resources.ts'

/** What is known of one kind of object, and until when it is known to be true. */
export interface Cache<T> {
  /** A list that no watch stands on yet: it is given out once the watch is confirmed. */
  replace(items: ReadonlyMap<string, T>): void
  set(uid: string, item: T): void
  delete(uid: string): void
  /** The API server just spoke: everything before this moment has been seen. */
  confirm(): void
  fail(error: DependencyError): void
  /** Waits for the first list. Throws `DependencyError` instead of giving out what may be old. */
  read(signal: AbortSignal): Promise<Observed<T>>
}

/** `freshMs`: how long after the API server's last word the cache may still be given out. */
export function createCache<T>(resource: Resource<T>, freshMs: number): Cache<T> {
  const changes = new EventEmitter().setMaxListeners(0)
  let items: Map<string, T> | null = null
  let snapshot: readonly T[] | null = null
  let observedAt = new Date(0)
  let confirmedAt = Number.NEGATIVE_INFINITY
  let failure: DependencyError | null = null

  function current(): Observed<T> | null {
    if (items === null || performance.now() - confirmedAt > freshMs) return null
    snapshot ??= Object.freeze([...items.values()])
    return { items: snapshot, observedAt }
  }

  return {
    replace(all) {
      items = new Map(all)
      snapshot = null
    },
    set(uid, item) {
      items?.set(uid, item)
      if (items !== null) trim(items, resource)
      snapshot = null
    },
    delete(uid) {
      items?.delete(uid)
      snapshot = null
    },
    confirm() {
      observedAt = new Date()
      // Not the wall clock, which can jump.
      confirmedAt = performance.now()
      failure = null
      changes.emit('change')
    },
    fail(error) {
      failure = error
      changes.emit('change')
    },
    async read(signal) {
      for (;;) {
        const now = current()
        if (now !== null) return now
        if (failure !== null) throw confirmedAt > 0 ? outdated(failure, observedAt) : failure
        if (signal.aborted) throw unanswered(resource)
        await once(changes, 'change', { signal }).catch(() => undefined)
      }
    },
  }
}

function outdated(failure: DependencyError, observedAt: Date): DependencyError {
  return new DependencyError({
    dependency: failure.dependency,
    operation: failure.operation,
    message: `${failure.message}; it last answered at ${observedAt.toISOString().slice(0, 19)}Z`,
    retryable: failure.retryable,
    cause: failure,
  })
}

function unanswered<T>(resource: Resource<T>): DependencyError {
  const operation = operationName(operationOf(resource, 'list'))
  return new DependencyError({
    dependency: 'kubernetes',
    operation,
    message: `cannot ${operation}: the cluster has not answered yet`,
    retryable: true,
  })
}
