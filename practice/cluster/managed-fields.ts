import { compare, type Fields, fieldsOf, fromTree, toTree } from './field-set.ts'
import { canonical, type KubeObject, timestamp } from './objects.ts'
import { groupVersion, type Resource } from './resources.ts'

/** Who writes, and how. */
export interface Manager {
  readonly name: string
  readonly operation: 'Update' | 'Apply'
  readonly subresource?: 'status' | 'scale'
}

/** One entry of `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager: string
  readonly operation: 'Update' | 'Apply'
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: unknown
  readonly subresource?: string
}

export const isSame = (entry: ManagedFields, { name, operation, subresource }: Manager) =>
  entry.manager === name && entry.operation === operation && entry.subresource === subresource

export const ownedBy = (entry: ManagedFields): ReadonlySet<string> => new Set(fromTree(entry.fieldsV1))

/** The entry with other fields; null when it owns nothing any more. Its time changes only when its fields do. */
export function withFields(
  entry: ManagedFields,
  fields: ReadonlySet<string>,
  now: Date,
): ManagedFields | null {
  if (fields.size === 0) return null
  const fieldsV1 = toTree(fields)
  if (canonical(fieldsV1) === canonical(entry.fieldsV1)) return entry
  return { ...entry, fieldsV1, time: timestamp(now) }
}

export function newEntry(
  resource: Resource,
  manager: Manager,
  fields: Iterable<string>,
  now: Date,
): ManagedFields {
  const { name, operation, subresource } = manager
  return {
    manager: name,
    operation,
    apiVersion: groupVersion(resource),
    time: timestamp(now),
    fieldsType: 'FieldsV1',
    fieldsV1: toTree(fields),
    ...(subresource === undefined ? {} : { subresource }),
  }
}

/** What an object says outside (or inside) its status. */
export function fieldsOfPart(resource: Resource, object: KubeObject | null, manager: Manager): Fields {
  if (object === null) return new Map()
  const { status, ...rest } = object
  const part = manager.subresource === 'status' ? { status } : rest
  return fieldsOf(part, { custom: resource.custom === true, whole: true })
}

/** Who owns what after an update: whoever changes a field has it from then on. */
export function ownersAfterUpdate(
  resource: Resource,
  manager: Manager,
  { before, after, now }: { before: KubeObject | null; after: KubeObject; now: Date },
): readonly ManagedFields[] {
  const known = before?.metadata.managedFields ?? []
  const { changed, removed } = compare(
    fieldsOfPart(resource, before, manager),
    fieldsOfPart(resource, after, manager),
  )
  if (changed.size === 0 && removed.size === 0) return known
  const others = known.flatMap((entry) => {
    if (isSame(entry, manager)) return []
    const left = new Set([...ownedBy(entry)].filter((key) => !changed.has(key) && !removed.has(key)))
    return withFields(entry, left, now) ?? []
  })
  const mine = known.find((entry) => isSame(entry, manager))
  const kept = mine ? [...ownedBy(mine)].filter((key) => !removed.has(key)) : []
  const fields = new Set([...kept, ...changed])
  const entry = mine ? withFields(mine, fields, now) : newEntry(resource, manager, fields, now)
  return entry !== null && fields.size > 0 ? [...others, entry] : others
}
