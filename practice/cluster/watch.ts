import type { ServerResponse } from 'node:http'
import type { Cluster } from './cluster.ts'
import { expired, type Refusal } from './failures.ts'
import { integer, type Selection, tooOld, versionOf } from './list.ts'
import type { KubeObject } from './objects.ts'
import { isTrue } from './requests.ts'
import { groupVersion, type Resource } from './resources.ts'
import { asEvent, asObject } from './serialise.ts'
import type { Change } from './store.ts'

const MINUTE_MS = 60_000
/** The API server ends every watch by itself after half an hour to an hour. */
const LONGEST_MS = 30 * MINUTE_MS

export interface WatchOptions {
  /** How often a quiet watch is told how far it is, when it asked for that. The API server does so every minute. */
  readonly bookmarkMs: number
}

/** Streams what happens to the selected objects until the client goes, the time is over, or `ended` is called. */
export function watch(
  { store, clock, random }: Cluster,
  selection: Selection,
  { query, response, bookmarkMs }: { query: URLSearchParams; response: ServerResponse } & WatchOptions,
): () => void {
  const { resource, matches } = selection
  const stored = resource.storedAs ?? resource
  const from = versionOf(query, store.version())
  const lifetime = (integer(query, 'timeoutSeconds') ?? 0) * 1000 || LONGEST_MS * (1 + random())
  const deadline = clock.now().getTime() + lifetime
  const write = (type: string, text: string) => void response.write(asEvent(type, text))
  const bookmark = (initial = false) =>
    write('BOOKMARK', JSON.stringify(bookmarkOf(resource, store.version(), initial)))
  const tell = (change: Change) => {
    const told = seen(change, matches)
    if (told) write(told.type, asObject(resource, told.object))
  }

  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const missed = from === null || from === 0 ? 'everything' : store.since(stored, from)
  if (missed === null) {
    const refusal: Refusal = expired(tooOld(from ?? 0, store.version()))
    write('ERROR', JSON.stringify(refusal.status))
    response.end()
    return () => undefined
  }
  if (missed === 'everything') {
    for (const object of store.list(stored)) if (matches(object)) write('ADDED', asObject(resource, object))
    if (isTrue(query.get('sendInitialEvents'))) bookmark(true)
  } else {
    for (const change of missed) tell(change)
  }

  const unsubscribe = store.subscribe((change) => {
    if (change.resource === stored) tell(change)
  })
  let nextBookmark = () => {}
  const planBookmark = () => {
    const left = deadline - clock.now().getTime() - 2000
    if (left <= 0) return
    nextBookmark = clock.after(Math.min(bookmarkMs, left), () => {
      bookmark()
      planBookmark()
    })
  }
  if (isTrue(query.get('allowWatchBookmarks'))) planBookmark()
  const end = () => {
    unsubscribe()
    nextBookmark()
    timeout()
    response.end()
  }
  const timeout = clock.after(lifetime, end)
  response.on('close', end)
  return end
}

/** How a change looks to somebody who sees only matching objects: one that stops matching is deleted for them. */
function seen(
  { type, object, before }: Change,
  matches: (object: KubeObject) => boolean,
): { type: Change['type']; object: KubeObject } | null {
  const now = type !== 'DELETED' && matches(object)
  const then = before !== null && matches(before)
  if (now) return { type: then ? 'MODIFIED' : 'ADDED', object }
  if (!then) return null
  if (type === 'DELETED') return { type, object }
  const { resourceVersion } = object.metadata
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion } } }
}

function bookmarkOf(resource: Resource, version: number, initial: boolean) {
  const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  return {
    kind: resource.kind,
    apiVersion: groupVersion(resource),
    metadata: { resourceVersion: String(version), ...annotations },
  }
}
