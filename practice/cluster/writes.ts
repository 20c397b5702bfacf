import { randomUUID } from 'node:crypto'
import { type Cluster, nameSuffix } from './cluster.ts'
import { validate, withDefaults } from './defaults.ts'
import { alreadyExists, badRequest, conflict, notFound, Refusal } from './failures.ts'
import { canonical, isRecord, type KubeObject, type Manifest, timestamp } from './objects.ts'
import { groupVersion, NAMESPACES, PODS, type Resource } from './resources.ts'

/** `dryRun`: everything is checked and answered as if it were done, and nothing is. */
export interface WriteOptions {
  readonly dryRun?: boolean
}

export function createObject<T extends KubeObject>(
  { store, clock, random }: Cluster,
  resource: Resource<T>,
  manifest: Manifest,
  options: WriteOptions = {},
): T {
  const { metadata } = manifest
  const namespace = resource.namespaced ? (metadata.namespace ?? 'default') : undefined
  const isTaken = (name: string) => store.get(resource, namespace ?? null, name) !== undefined
  const name = metadata.name ?? freeName(metadata.generateName, random, isTaken)
  if (name === '') {
    throw new Refusal(
      422,
      'Invalid',
      `${resource.kind} "" is invalid: metadata.name: Required value: name or generateName is required`,
    )
  }
  if (namespace !== undefined && !store.get(NAMESPACES, null, namespace))
    throw notFound(NAMESPACES, namespace)
  if (isTaken(name)) throw alreadyExists(resource, name)
  const defaulted = withDefaults(resource, manifest)
  validate(resource, name, defaulted)
  const object = {
    ...defaulted,
    apiVersion: groupVersion(resource),
    kind: resource.kind,
    metadata: {
      ...metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: randomUUID(),
      resourceVersion: '',
      ...(isRecord(manifest.spec) ? { generation: 1 } : {}),
      creationTimestamp: timestamp(clock.now()),
    },
  } as KubeObject as T
  return options.dryRun ? object : store.put(resource, object)
}

/** A generated name that nobody has. */
function freeName(
  prefix: string | undefined,
  random: () => number,
  isTaken: (name: string) => boolean,
): string {
  if (prefix === undefined) return ''
  const name = prefix + nameSuffix(random)
  return isTaken(name) ? freeName(prefix, random, isTaken) : name
}

/** Whether `status` or everything but `status` is written. */
export type Part = 'object' | 'status'

/** Replaces an object (or its status): checks the version that it was based on, keeps what clients may not change. */
export function replaceObject<T extends KubeObject>(
  { store }: Cluster,
  resource: Resource<T>,
  before: T,
  after: Record<string, unknown>,
  { part = 'object', dryRun = false }: WriteOptions & { part?: Part } = {},
): T {
  const { name } = before.metadata
  const metadata = isRecord(after.metadata) ? after.metadata : {}
  const based = metadata.resourceVersion
  if (based !== undefined && based !== '' && based !== before.metadata.resourceVersion) {
    throw conflict(resource, name)
  }
  if (metadata.uid !== undefined && metadata.uid !== before.metadata.uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${String(metadata.uid)}, UID in object meta: ${before.metadata.uid}`,
    )
  }
  const merged = part === 'status' ? { ...before, status: after.status } : { ...after, status: before.status }
  const { status, ...rest } = withDefaults(resource, merged)
  validate(resource, name, rest)
  const specChanged = canonical(rest.spec) !== canonical(before.spec)
  const object = {
    ...rest,
    ...(status === undefined ? {} : { status }),
    apiVersion: before.apiVersion,
    kind: before.kind,
    metadata: {
      ...(part === 'status' ? before.metadata : metadata),
      ...immutable(before),
      ...(specChanged && before.metadata.generation !== undefined
        ? { generation: before.metadata.generation + 1 }
        : {}),
    },
  } as KubeObject as T
  if (canonical(object) === canonical(before)) return before
  return dryRun ? object : store.put(resource, object)
}

/** What stays the same through every update. */
function immutable({ metadata }: KubeObject) {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = metadata
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    ...(generation === undefined ? {} : { generation }),
    creationTimestamp,
  }
}

/** A controller's write of a status; nothing happens when nothing changed. */
export function writeStatus<T extends KubeObject>(
  cluster: Cluster,
  resource: Resource<T>,
  object: T,
  status: unknown,
): T {
  const current = cluster.store.get(resource, object.metadata.namespace ?? null, object.metadata.name)
  if (!current || canonical(current.status) === canonical(status)) return current ?? object
  return cluster.store.put(resource, { ...current, status })
}

export interface DeleteOptions extends WriteOptions {
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** Deletes; a running pod is only told to end, and its kubelet removes it. Answers the object, or null when it is gone. */
export function deleteObject<T extends KubeObject>(
  { store, clock }: Cluster,
  resource: Resource<T>,
  object: T,
  { gracePeriodSeconds = 30, preconditions = {}, dryRun = false }: DeleteOptions = {},
): T | null {
  const { name, namespace = null, uid, resourceVersion, deletionTimestamp } = object.metadata
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`,
    )
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      resource,
      name,
      `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    )
  }
  if (gracePeriodSeconds < 0) throw badRequest('gracePeriodSeconds must not be negative')
  const endsSlowly = isPod(resource) && gracePeriodSeconds > 0 && isScheduled(object)
  if (!endsSlowly) {
    if (!dryRun) store.remove(resource, namespace, name)
    return null
  }
  if (deletionTimestamp !== undefined || dryRun) return object
  const ends = new Date(clock.now().getTime() + gracePeriodSeconds * 1000)
  const metadata = {
    ...object.metadata,
    deletionTimestamp: timestamp(ends),
    deletionGracePeriodSeconds: gracePeriodSeconds,
  }
  return store.put(resource, { ...object, metadata })
}

const isPod = (resource: Resource) => resource === (PODS as Resource)
const isScheduled = ({ spec }: KubeObject) => isRecord(spec) && spec.nodeName !== undefined
