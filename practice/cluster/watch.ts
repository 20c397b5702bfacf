import type { ServerResponse } from 'node:http'
import type { Cluster } from './cluster.ts'
import { expired } from './failures.ts'
import { integer, type Selection, tooOld, versionOf } from './list.ts'
import type { KubeObject } from './objects.ts'
import { isTrue } from './requests.ts'
import { groupVersion, type Resource } from './resources.ts'
import { asEvent, asObject } from './serialise.ts'
import type { Change, Store } from './store.ts'

const MINUTE_MS = 60_000
/** The API server ends every watch by itself after half an hour to an hour. */
const LONGEST_MS = 30 * MINUTE_MS
/** A watch with bookmarks gets its last one so long before its time is over. */
const LAST_BOOKMARK_MS = 2000

export interface WatchOptions {
  /** How often a quiet watch is told how far it is, when it asked for that. The API server does so every minute. */
  readonly bookmarkMs: number
}

export interface WatchCall extends WatchOptions {
  readonly query: URLSearchParams
  readonly response: ServerResponse
}

/** Streams what happens to the selected objects until the client goes, the time is over, or the answer is called. */
export function watch(cluster: Cluster, selection: Selection, call: WatchCall): () => void {
  const { store } = cluster
  const { query, response } = call
  const from = versionOf(query, store.version())
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const teller = createTeller(selection, response)
  if (from === null || from === 0) {
    teller.everything(store)
    if (isTrue(query.get('sendInitialEvents'))) teller.bookmark(store.version(), true)
    return goOn(cluster, selection, call, teller)
  }
  const missed = store.since(storedAs(selection), from)
  if (missed === null) {
    teller.write('ERROR', JSON.stringify(expired(tooOld(from, store.version())).status))
    response.end()
    return () => undefined
  }
  for (const change of missed) teller.tell(change)
  return goOn(cluster, selection, call, teller)
}

const storedAs = ({ resource }: Selection) => resource.storedAs ?? resource

type Teller = ReturnType<typeof createTeller>

function createTeller({ resource, matches }: Selection, response: ServerResponse) {
  const write = (type: string, text: string) => void response.write(asEvent(type, text))
  return {
    write,
    tell(change: Change) {
      const told = seen(change, matches)
      if (told) write(told.type, asObject(resource, told.object))
    },
    everything(store: Store) {
      for (const object of store.list(resource.storedAs ?? resource)) {
        if (matches(object)) write('ADDED', asObject(resource, object))
      }
    },
    bookmark: (version: number, initial = false) =>
      write('BOOKMARK', JSON.stringify(bookmarkOf(resource, version, initial))),
  }
}

/** Tells what happens from now on, and answers how to end it. */
function goOn(
  { store, clock, random }: Cluster,
  selection: Selection,
  { query, response, bookmarkMs }: WatchCall,
  teller: Teller,
): () => void {
  const lifetime = (integer(query, 'timeoutSeconds') ?? 0) * 1000 || LONGEST_MS * (1 + random())
  const deadline = clock.now().getTime() + lifetime
  const unsubscribe = store.subscribe((change) => {
    if (change.resource === storedAs(selection)) teller.tell(change)
  })
  let cancelBookmark = () => {}
  const planBookmark = () => {
    const left = deadline - clock.now().getTime() - LAST_BOOKMARK_MS
    if (left <= 0) return
    cancelBookmark = clock.after(Math.min(bookmarkMs, left), () => {
      teller.bookmark(store.version())
      planBookmark()
    })
  }
  if (isTrue(query.get('allowWatchBookmarks'))) planBookmark()
  const end = () => {
    unsubscribe()
    cancelBookmark()
    cancelTimeout()
    response.end()
  }
  const cancelTimeout = clock.after(lifetime, end)
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
