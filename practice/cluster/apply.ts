import type { Cluster } from './cluster.ts'
import { badRequest, Refusal } from './failures.ts'
import { compare, fieldName, fieldsOf, isBelow, stepsOf } from './field-set.ts'
import { isSame, type ManagedFields, type Manager, newEntry, ownedBy, withFields } from './managed-fields.ts'
import { isRecord, type KubeObject } from './objects.ts'
import type { Resource } from './resources.ts'
import { isAtomicMap, itemKey, listKind } from './schema.ts'

export interface Applied {
  readonly object: Record<string, unknown>
  readonly managedFields: readonly ManagedFields[]
}

/**
 * Server-side apply of a configuration on what is there (null: nothing). Fields that the manager no longer names go, unless
 * somebody else has them; fields that somebody else has and that would change are refused with 409, or taken with `force`.
 */
export function applyConfiguration(
  { clock }: Pick<Cluster, 'clock'>,
  resource: Resource,
  live: KubeObject | null,
  config: Record<string, unknown>,
  { manager, force }: { manager: Manager; force: boolean },
): Applied {
  const custom = resource.custom === true
  const now = clock.now()
  const { status: _status, ...wanted } = config
  const known = live === null ? [] : knownOwners(resource, live, now)
  const mine = known.find((entry) => isSame(entry, manager))
  const others = known.filter((entry) => entry !== mine)
  const named = new Set(fieldsOf(wanted, { custom, whole: false }).keys())

  const { status, ...said } = (live ?? {}) as Record<string, unknown>
  const merged = merge(said, wanted, '', custom)
  if (!isRecord(merged)) throw badRequest('the configuration is no object')
  const reading = { custom, whole: true }
  const { changed } = compare(fieldsOf(said, reading), fieldsOf(merged, reading))
  if (!force) refuseConflicts(others, changed)
  const left = others.flatMap((entry) => {
    const kept = new Set([...ownedBy(entry)].filter((key) => !changed.has(key)))
    return withFields(entry, kept, now) ?? []
  })
  const givenUp = mine ? [...ownedBy(mine)].filter((key) => !named.has(key)) : []
  const owned = new Set([...named, ...left.flatMap((entry) => [...ownedBy(entry)])])
  const isOwned = (key: string) => owned.has(key) || [...owned].some((one) => isBelow(one, key))
  const object = givenUp
    .filter((key) => !isOwned(key))
    .reduce((at, key) => without(at, stepsOf(key), custom), merged)
  const entry = mine ? withFields(mine, named, now) : newEntry(resource, manager, named, now)
  return {
    object: { ...object, ...(status === undefined ? {} : { status }) },
    managedFields: [...(entry ? [entry] : []), ...left],
  }
}

/** Everything of an object that nobody is known to manage belongs to somebody who was there before. */
function knownOwners(resource: Resource, live: KubeObject, now: Date): readonly ManagedFields[] {
  const { managedFields } = live.metadata
  if (managedFields !== undefined) return managedFields
  const { status: _status, ...rest } = live
  const fields = fieldsOf(rest, { custom: resource.custom === true, whole: true })
  return [newEntry(resource, { name: 'before-first-apply', operation: 'Update' }, fields.keys(), now)]
}

function refuseConflicts(others: readonly ManagedFields[], changed: ReadonlySet<string>): void {
  const byName = others.toSorted((a, b) => (a.manager < b.manager ? -1 : 1))
  const causes = byName.flatMap((entry) => {
    const { manager, operation, subresource, apiVersion } = entry
    const through = subresource === undefined ? '' : ` with subresource "${subresource}"`
    const how = operation === 'Update' ? `${through} using ${apiVersion}` : ''
    return [...ownedBy(entry)]
      .filter((key) => changed.has(key))
      .map((key) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${manager}"${how}`,
        field: fieldName(key),
      }))
  })
  const [first, second] = causes
  if (first === undefined) return
  const what = second === undefined ? `1 conflict: ${first.message}: ${first.field}` : several(causes)
  throw new Refusal(409, 'Conflict', `Apply failed with ${what}`, { causes })
}

function several(causes: readonly { message: string; field: string }[]): string {
  const lines = [...new Set(causes.map(({ message }) => message))].flatMap((message) => [
    `${message.replace('conflict', 'conflicts')}:`,
    ...causes.filter((cause) => cause.message === message).map(({ field }) => `- ${field}`),
  ])
  return `${causes.length} conflicts: ${lines.join('\n')}`
}

function merge(live: unknown, wanted: unknown, field: string, custom: boolean): unknown {
  if (isRecord(wanted) && isRecord(live) && !isAtomicMap(field, custom)) {
    const inner = Object.entries(wanted).map(([key, value]) => [key, merge(live[key], value, key, custom)])
    return { ...live, ...Object.fromEntries(inner) }
  }
  if (!Array.isArray(wanted) || !Array.isArray(live)) return wanted
  const list = listKind(field, [...wanted, ...live], custom)
  if (list.kind === 'atomic') return wanted
  if (list.kind === 'set') return [...new Set([...live, ...wanted])]
  const keyOf = (item: Record<string, unknown>) => itemKey(item, list.keys)
  const mergedItems = live.map((item) => {
    const found = wanted.find((one) => keyOf(one) === keyOf(item))
    return found === undefined ? item : merge(item, found, '', custom)
  })
  const known = new Set(live.map(keyOf))
  return [...mergedItems, ...wanted.filter((item) => !known.has(keyOf(item)))]
}

/** The object without this field or item; what is left empty by it stays. */
function without<T>(target: T, [step = '', ...rest]: readonly string[], custom: boolean): T {
  if (Array.isArray(target)) {
    const matches = (item: unknown) =>
      step.startsWith('v:')
        ? JSON.stringify(item) === step.slice(2)
        : isRecord(item) && itemKey(item, Object.keys(JSON.parse(step.slice(2)))) === step
    if (rest.length === 0) return target.filter((item) => !matches(item)) as T
    return target.map((item) => (matches(item) ? without(item, rest, custom) : item)) as T
  }
  const key = step.slice(2)
  if (!isRecord(target) || !(key in target)) return target
  const { [key]: inner, ...others } = target
  if (rest.length === 0) return others as T
  return { ...target, [key]: without(inner, rest, custom) }
}
