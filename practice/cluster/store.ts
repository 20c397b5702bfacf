import { controllerOf, type KubeObject } from './objects.ts'
import type { Resource } from './resources.ts'

/** One thing that happened to one object. `before` is what it looked like until then. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly version: number
  readonly resource: Resource
  readonly object: KubeObject
  readonly before: KubeObject | null
}

export interface Store {
  /** The newest resourceVersion. */
  version(): number
  get<T extends KubeObject>(resource: Resource<T>, namespace: string | null, name: string): T | undefined
  /** Sorted by namespace and name, as etcd keeps them. */
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string | null): readonly T[]
  /** Creates or replaces; the answer carries its resourceVersion. */
  put<T extends KubeObject>(resource: Resource<T>, object: T): T
  remove(resource: Resource, namespace: string | null, name: string): KubeObject | undefined
  /** Objects of this resource whose controller is the object with this uid. */
  ownedBy<T extends KubeObject>(resource: Resource<T>, uid: string): readonly T[]
  /** Resources with objects that this uid controls. */
  dependants(uid: string): readonly { resource: Resource; object: KubeObject }[]
  /** Called after each change; the answer ends it. */
  subscribe(listener: (change: Change) => void): () => void
  /** What happened after this version, oldest first; null when that is no longer known. */
  since(resource: Resource, version: number): readonly Change[] | null
  /** The objects as they were at this version; null when that is no longer known. */
  at(resource: Resource, version: number): readonly KubeObject[] | null
  /** Forgets all history, as etcd's compaction does. */
  compact(): void
}

/** What a new cluster begins with; versions before it are too old for everybody. */
const FIRST = 100

interface Shelf {
  readonly objects: Map<string, KubeObject>
  readonly owned: Map<string, Set<string>>
  sorted: readonly KubeObject[] | null
  history: Change[]
  /** Versions before this one are forgotten. */
  oldest: number
}

export function keyOf(namespace: string | null | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}

const byKey = ([a]: [string, KubeObject], [b]: [string, KubeObject]) => (a < b ? -1 : 1)
const sortedObjects = (objects: ReadonlyMap<string, KubeObject>) =>
  [...objects].sort(byKey).map(([, object]) => object)

/** Holds every object of the cluster with one version counter over all of them. Objects are never changed in place. */
export function createStore(options: { historyLength?: number } = {}): Store {
  const historyLength = options.historyLength ?? 20_000
  const shelves = new Map<Resource, Shelf>()
  const listeners = new Set<(change: Change) => void>()
  const untold: Change[] = []
  let version = FIRST

  const shelfOf = (resource: Resource): Shelf => {
    const known = shelves.get(resource)
    if (known) return known
    const fresh: Shelf = { objects: new Map(), owned: new Map(), sorted: [], history: [], oldest: FIRST }
    shelves.set(resource, fresh)
    return fresh
  }

  const record = (shelf: Shelf, change: Change) => {
    shelf.history.push(change)
    if (shelf.history.length > historyLength) {
      const dropped = shelf.history.splice(0, Math.ceil(historyLength / 4)).at(-1)
      shelf.oldest = dropped?.version ?? shelf.oldest
    }
    untold.push(change)
    if (untold.length === 1) tellAll()
  }

  /** A listener may write in its turn: what it wrote is told after what it was told, to everybody in the same order. */
  const tellAll = () => {
    for (let change = untold[0]; change; change = untold[0]) {
      for (const listener of [...listeners]) listener(change)
      untold.shift()
    }
  }

  const own = (shelf: Shelf, object: KubeObject, key: string) => {
    const owner = controllerOf(object)?.uid
    if (owner === undefined) return
    const keys = shelf.owned.get(owner) ?? new Set()
    shelf.owned.set(owner, keys.add(key))
  }

  const disown = (shelf: Shelf, object: KubeObject, key: string) => {
    const owner = controllerOf(object)?.uid
    const keys = owner === undefined ? undefined : shelf.owned.get(owner)
    keys?.delete(key)
    if (owner !== undefined && keys?.size === 0) shelf.owned.delete(owner)
  }

  const sorted = (shelf: Shelf): readonly KubeObject[] => {
    shelf.sorted ??= sortedObjects(shelf.objects)
    return shelf.sorted
  }

  const ownedIn = (shelf: Shelf, uid: string): KubeObject[] =>
    [...(shelf.owned.get(uid) ?? [])].flatMap((key) => shelf.objects.get(key) ?? [])

  return {
    version: () => version,
    get: <T extends KubeObject>(resource: Resource<T>, namespace: string | null, name: string) =>
      shelfOf(resource).objects.get(keyOf(resource.namespaced ? namespace : null, name)) as T | undefined,

    list<T extends KubeObject>(resource: Resource<T>, namespace: string | null = null) {
      const all = sorted(shelfOf(resource)) as readonly T[]
      return namespace === null ? all : all.filter((object) => object.metadata.namespace === namespace)
    },

    put<T extends KubeObject>(resource: Resource<T>, object: T): T {
      const shelf = shelfOf(resource)
      const key = keyOf(object.metadata.namespace, object.metadata.name)
      const before = shelf.objects.get(key) ?? null
      version += 1
      const stamped = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
      shelf.objects.set(key, stamped)
      shelf.sorted = null
      if (before) disown(shelf, before, key)
      own(shelf, stamped, key)
      record(shelf, { type: before ? 'MODIFIED' : 'ADDED', version, resource, object: stamped, before })
      return stamped
    },

    remove(resource, namespace, name) {
      const shelf = shelfOf(resource)
      const key = keyOf(resource.namespaced ? namespace : null, name)
      const before = shelf.objects.get(key)
      if (!before) return undefined
      version += 1
      shelf.objects.delete(key)
      shelf.sorted = null
      disown(shelf, before, key)
      const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } }
      record(shelf, { type: 'DELETED', version, resource, object, before })
      return object
    },

    ownedBy: <T extends KubeObject>(resource: Resource<T>, uid: string) =>
      ownedIn(shelfOf(resource), uid) as T[],
    dependants: (uid) =>
      [...shelves].flatMap(([resource, shelf]) =>
        ownedIn(shelf, uid).map((object) => ({ resource, object })),
      ),

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    since(resource, after) {
      const shelf = shelfOf(resource)
      if (after < shelf.oldest) return null
      const first = shelf.history.findIndex((change) => change.version > after)
      return first === -1 ? [] : shelf.history.slice(first)
    },

    at(resource, wanted) {
      const shelf = shelfOf(resource)
      if (wanted < shelf.oldest) return null
      const last = shelf.history.at(-1)
      if (last === undefined || last.version <= wanted) return sorted(shelf)
      return undo(shelf, wanted)
    },

    compact() {
      for (const shelf of shelves.values()) {
        shelf.history = []
        shelf.oldest = version
      }
    },
  }
}

/** Takes back what happened after a version. */
function undo(shelf: Shelf, wanted: number): readonly KubeObject[] {
  const objects = new Map(shelf.objects)
  for (const { version, object, before } of shelf.history.toReversed()) {
    if (version <= wanted) break
    const key = keyOf(object.metadata.namespace, object.metadata.name)
    if (before) objects.set(key, before)
    else objects.delete(key)
  }
  return sortedObjects(objects)
}
