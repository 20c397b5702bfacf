import { setTimeout as sleep } from 'node:timers/promises'
import { deadline } from '../../core/deadline.ts'
import type { DependencyError } from '../../core/errors.ts'
import type { Observed } from '../../core/ports/cluster.ts'
import { at, count, text } from '../../core/raw.ts'
import { type Cache, createCache } from './cache.ts'
import type { KubernetesClient } from './client.ts'
import { Refused, toDependencyError } from './failures.ts'
import { linesOf } from './lines.ts'
import { isGone, listAll } from './list.ts'
import { operationOf, type Resource, requestOf } from './resources.ts'

/** A kind of object, listed once and then watched for as long as it runs. */
export interface Reflector<T> {
  start(): void
  stop(): Promise<void>
  read(signal: AbortSignal): Promise<Observed<T>>
}

export interface ReflectorOptions<T> {
  readonly client: KubernetesClient
  readonly resource: Resource<T>
  /** Told when the watch breaks, with the sentence that readers get. */
  readonly onTrouble?: (error: DependencyError) => void
  readonly timing?: Partial<Timing>
}

export interface Timing {
  /**
   * How long the API server is asked to hold one watch. Short on purpose: when it ends one in time it has proved that it
   * lives, and one that outlives its time is a connection whose other end is gone, which TCP alone would hide for minutes.
   */
  readonly watchSeconds: number
  /** How much longer than that a watch may take to end. */
  readonly graceMs: number
  /** How long after the API server's last word an answer may still be given. */
  readonly freshMs: number
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** How long to wait after a refusal (401, 403): somebody has to grant something first. */
  readonly refusedMs: number
}

const TIMING: Timing = {
  watchSeconds: 5,
  graceMs: 3_000,
  freshMs: 10_000,
  backoffMs: 200,
  maxBackoffMs: 5_000,
  refusedMs: 10_000,
}
const CONNECT_MS = 5_000
/** etcd holds no object above 1.5 MiB; a line beyond this is no event. */
const LONGEST_EVENT = 16 * 1024 * 1024

export function createReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const { client, resource } = options
  const timing = { ...TIMING, ...options.timing }
  const cache = createCache(resource, timing.freshMs)
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  return {
    start() {
      const onTrouble = options.onTrouble ?? (() => undefined)
      running ??= follow({ client, resource, cache, timing, onTrouble }, stopping.signal)
    },
    async stop() {
      stopping.abort()
      await running
    },
    read: (signal) => cache.read(signal),
  }
}

interface Followed<T> {
  readonly client: KubernetesClient
  readonly resource: Resource<T>
  readonly cache: Cache<T>
  readonly timing: Timing
  readonly onTrouble: (error: DependencyError) => void
}

/**
 * Lists, then watches from there; each watch goes on where the last one ended. After any failure, and when the version
 * is gone (410), everything is listed again: a list is true as of its moment, a backlog of events is not.
 */
async function follow<T>(followed: Followed<T>, signal: AbortSignal): Promise<void> {
  const { client, resource, cache, timing } = followed
  let version: string | null = null
  let failures = 0
  while (!signal.aborted) {
    const began = performance.now()
    try {
      version ??= await relist(followed, signal)
      version = await watch(followed, version, signal)
      failures = performance.now() - began < timing.backoffMs ? failures + 1 : 0
    } catch (error) {
      version = null
      if (signal.aborted) return
      const trouble = toDependencyError(error, operationOf(resource, 'watch'), client.address())
      cache.fail(trouble)
      if (failures === 0) followed.onTrouble(trouble)
      failures += 1
      if (!trouble.retryable) await pause(timing.refusedMs, signal)
    }
    if (failures > 0) await pause(backoff(timing, failures), signal)
  }
}

async function relist<T>({ client, resource, cache }: Followed<T>, signal: AbortSignal): Promise<string> {
  const listed = await listAll(client, resource, signal)
  cache.replace(listed.items)
  return listed.version
}

/** One watch to its end. Returns the version it came to, null when the API server no longer knows it. */
async function watch<T>(followed: Followed<T>, from: string, signal: AbortSignal): Promise<string | null> {
  const { client, resource, cache, timing } = followed
  const limit = deadline(signal, timing.watchSeconds * 1000 + timing.graceMs)
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: from,
    timeoutSeconds: timing.watchSeconds,
  }
  let version = from
  try {
    const body = await client.open(
      { ...requestOf(resource, 'watch', query), timeoutMs: CONNECT_MS },
      limit.signal,
    )
    cache.confirm()
    for await (const line of linesOf(body, LONGEST_EVENT)) {
      const event: unknown = JSON.parse(line)
      if (at(event, 'type') === 'ERROR') return afterError(at(event, 'object'))
      version = text(at(event, 'object', 'metadata', 'resourceVersion')) ?? version
      apply(event, resource, cache)
      cache.confirm()
    }
    cache.confirm()
    return version
  } catch (error) {
    if (isGone(error)) return null
    throw limit.signal.aborted ? limit.signal.reason : error
  } finally {
    limit.end()
  }
}

function apply<T>(event: unknown, resource: Resource<T>, cache: Cache<T>): void {
  const raw = at(event, 'object')
  const uid = text(at(raw, 'metadata', 'uid'))
  const type = at(event, 'type')
  if (uid === null || type === 'BOOKMARK') return
  const item = type === 'DELETED' ? null : resource.project(raw)
  if (item === null) cache.delete(uid)
  else cache.set(uid, item)
}

/** An ERROR event carries a Status. 410 is ordinary: the API server compacts its history. */
function afterError(status: unknown): null {
  const code = count(at(status, 'code'), 500)
  if (code === 410) return null
  throw new Refused(code, JSON.stringify(status))
}

/** Twice as long after each failure, up to the maximum, and half of it by chance so that replicas do not knock together. */
function backoff({ backoffMs, maxBackoffMs }: Timing, failures: number): number {
  const longest = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(failures, 16))
  return longest / 2 + (Math.random() * longest) / 2
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined)
}
