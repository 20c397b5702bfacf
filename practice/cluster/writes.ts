import { randomUUID } from 'node:crypto'
import { type Cluster, nameSuffix } from './cluster.ts'
import { withDefaults } from './defaults.ts'
import { alreadyExists, conflict, Invalid, notFound } from './failures.ts'
import { type ManagedFields, type Manager, ownersAfterUpdate } from './managed-fields.ts'
import { canonical, isRecord, type KubeObject, type Manifest, timestamp } from './objects.ts'
import { withoutEmpty } from './omit.ts'
import { prepare } from './prepare.ts'
import { checkQuota } from './quota.ts'
import { groupVersion, NAMESPACES, type Resource } from './resources.ts'
import { validate } from './validate.ts'

export interface WriteOptions {
  /** Everything is checked and answered as if it were done, and nothing is. */
  readonly dryRun?: boolean | undefined
  /** Who writes: kept with the fields. Controllers that nobody would ask about say nothing. */
  readonly manager?: Manager | undefined
  /** Who owns what, when that has been worked out already. */
  readonly managedFields?: readonly ManagedFields[] | undefined
}

export function createObject<T extends KubeObject>(
  cluster: Cluster,
  resource: Resource<T>,
  manifest: Manifest,
  options: WriteOptions = {},
): T {
  const { store, clock, random } = cluster
  const { managedFields: _theirs, resourceVersion: _version, ...metadata } = manifest.metadata
  const namespace = resource.namespaced ? (metadata.namespace ?? 'default') : undefined
  const isTaken = (name: string) => store.get(resource, namespace ?? null, name) !== undefined
  const name = metadata.name ?? freeName(metadata.generateName, random, isTaken)
  if (name === '')
    throw new Invalid(resource, '').required('metadata.name', 'name or generateName is required')
  if (namespace !== undefined && !store.get(NAMESPACES, null, namespace))
    throw notFound(NAMESPACES, namespace)
  if (isTaken(name)) throw alreadyExists(resource, name)
  const defaulted = withDefaults(resource, manifest)
  const object = prepare(resource, {
    ...defaulted,
    apiVersion: groupVersion(resource),
    kind: resource.kind,
    metadata: {
      ...withoutEmpty(metadata),
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: randomUUID(),
      resourceVersion: '',
      ...(isRecord(manifest.spec) && resource.generations !== false ? { generation: 1 } : {}),
      creationTimestamp: timestamp(clock.now()),
    },
  } as KubeObject as T)
  validate(resource, name, object, null)
  checkQuota(cluster, resource, object)
  const owned = withOwners(cluster, resource, null, object, options)
  return options.dryRun ? withoutVersion(owned) : store.put(resource, owned)
}

/** What was only tried has no version. */
function withoutVersion<T extends KubeObject>(object: T): T {
  const { resourceVersion: _none, ...metadata } = object.metadata
  return { ...object, metadata }
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

function withOwners<T extends KubeObject>(
  { clock }: Cluster,
  resource: Resource,
  before: KubeObject | null,
  after: T,
  { manager, managedFields }: WriteOptions,
): T {
  const known = managedFields ?? before?.metadata.managedFields
  const owners =
    manager === undefined || managedFields !== undefined
      ? known
      : ownersAfterUpdate(resource, manager, { before, after, now: clock.now() })
  if (owners === undefined || owners.length === 0) return after
  return { ...after, metadata: { ...after.metadata, managedFields: owners } }
}

/** Whether `status` or everything but `status` is written. */
export type Part = 'object' | 'status'

/** Replaces an object (or its status): checks the version that it was based on, keeps what clients may not change. */
export function replaceObject<T extends KubeObject>(
  cluster: Cluster,
  resource: Resource<T>,
  before: T,
  after: Record<string, unknown>,
  options: WriteOptions & { part?: Part } = {},
): T {
  const { part = 'object', dryRun = false } = options
  const { name } = before.metadata
  const { managedFields: _theirs, ...metadata } = isRecord(after.metadata) ? after.metadata : {}
  const based = metadata.resourceVersion
  if (based !== undefined && based !== '' && based !== before.metadata.resourceVersion) {
    throw conflict(resource, name)
  }
  const merged = part === 'status' ? { ...before, status: after.status } : { ...after, status: before.status }
  const { status, ...rest } = withDefaults(resource, merged)
  const specChanged = canonical(rest.spec) !== canonical(before.spec)
  const { managedFields: _own, ...own } = before.metadata
  const object = {
    ...rest,
    ...(status === undefined ? {} : { status }),
    apiVersion: before.apiVersion,
    kind: before.kind,
    metadata: {
      ...(part === 'status' ? own : withoutEmpty(metadata)),
      ...immutable(before),
      ...(specChanged && before.metadata.generation !== undefined
        ? { generation: before.metadata.generation + 1 }
        : {}),
    },
  } as KubeObject as T
  if (part === 'object') validate(resource, name, object, before)
  const owned = withOwners(cluster, resource, before, object, options)
  if (canonical(owned) === canonical(before)) return before
  return dryRun ? owned : finish(cluster, resource, owned)
}

/** An object that was only waiting for its last finalizer goes with it. */
function finish<T extends KubeObject>({ store }: Cluster, resource: Resource<T>, object: T): T {
  const written = store.put(resource, object)
  const { deletionTimestamp, finalizers = [], namespace = null, name } = object.metadata
  const isOver = deletionTimestamp !== undefined && finalizers.length === 0 && resource.kind !== 'Pod'
  if (isOver) store.remove(resource, namespace, name)
  return written
}

/** What stays the same through every update. */
function immutable({ metadata }: KubeObject) {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp } = metadata
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    ...(generation === undefined ? {} : { generation }),
    creationTimestamp,
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
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
