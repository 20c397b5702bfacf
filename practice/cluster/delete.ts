import type { Cluster } from './cluster.ts'
import { badRequest, conflict, Invalid, META } from './failures.ts'
import { isRecord, type KubeObject, timestamp } from './objects.ts'
import type { Resource } from './resources.ts'

export type Propagation = 'Foreground' | 'Background' | 'Orphan'

export interface DeleteOptions {
  readonly dryRun?: boolean
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  /** What becomes of what belongs to the object; `Background` unless said otherwise. */
  readonly propagationPolicy?: Propagation
}

const FINALIZERS: Readonly<Record<string, string>> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' }
const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil']

/** Deletes. Answers the object while it is still ending (a running pod, one with finalizers), or null when it is gone. */
export function deleteObject<T extends KubeObject>(
  { store, clock }: Cluster,
  resource: Resource<T>,
  object: T,
  options: DeleteOptions = {},
): T | null {
  const { preconditions = {}, dryRun = false, propagationPolicy = 'Background' } = options
  checkPreconditions(resource, object, preconditions)
  const { name, namespace = null, deletionTimestamp, finalizers = [] } = object.metadata
  const isPod = resource.kind === 'Pod'
  const grace = options.gracePeriodSeconds ?? (isPod ? graceOf(object) : 0)
  const endsSlowly = isPod && grace > 0 && isRecord(object.spec) && object.spec.nodeName !== undefined
  const more = FINALIZERS[propagationPolicy]
  const waits = more === undefined || finalizers.includes(more) ? finalizers : [...finalizers, more]
  if (!endsSlowly && waits.length === 0) {
    if (!dryRun) store.remove(resource, namespace, name)
    return null
  }
  if (deletionTimestamp !== undefined || dryRun) return object
  const ends = new Date(clock.now().getTime() + grace * 1000)
  const metadata = {
    ...object.metadata,
    deletionTimestamp: timestamp(ends),
    deletionGracePeriodSeconds: grace,
    ...(waits.length > 0 ? { finalizers: waits } : {}),
  }
  return store.put(resource, { ...object, metadata })
}

function graceOf({ spec }: KubeObject): number {
  const own = isRecord(spec) ? spec.terminationGracePeriodSeconds : undefined
  return typeof own === 'number' ? own : 30
}

function checkPreconditions(
  resource: Resource,
  { metadata }: KubeObject,
  { uid, resourceVersion }: NonNullable<DeleteOptions['preconditions']>,
): void {
  const refuse = (what: string, wanted: string, found: string, perhaps: string) =>
    conflict(
      { group: resource.group, plural: resource.kind },
      metadata.name,
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been ${perhaps}`,
    )
  if (uid !== undefined && uid !== metadata.uid) {
    throw refuse('UID', uid, metadata.uid, 'deleted and then recreated')
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified')
  }
}

/** Reads what a DELETE (or an eviction) says beside the address. */
export function deleteOptions(given: unknown, query: URLSearchParams): DeleteOptions {
  const options = isRecord(given) ? given : {}
  const text = (key: string) => query.get(key) ?? options[key]
  const policy = text('propagationPolicy')
  const meta = new Invalid({ ...META, kind: 'DeleteOptions' }, '')
  if (policy !== undefined && options.orphanDependents !== undefined) {
    const why = 'orphanDependents and deletionPropagation cannot be both set'
    throw meta.wrong('propagationPolicy', policy, why)
  }
  if (policy !== undefined && !POLICIES.includes(String(policy))) {
    throw meta.unsupported('propagationPolicy', policy, POLICIES)
  }
  const grace = text('gracePeriodSeconds')
  const seconds = Number(grace)
  if (grace !== undefined && !Number.isInteger(seconds))
    throw badRequest('gracePeriodSeconds must be a whole number')
  return {
    ...(isRecord(options.preconditions) ? { preconditions: options.preconditions } : {}),
    // a grace below none is one second, as the API server has it
    ...(grace === undefined ? {} : { gracePeriodSeconds: seconds < 0 ? 1 : seconds }),
    ...(policy === undefined ? {} : { propagationPolicy: policy as Propagation }),
  }
}
