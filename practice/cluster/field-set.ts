import { canonical, isRecord } from './objects.ts'
import { isAtomicMap, isOptional, itemKey, listKind } from './schema.ts'

/** Fields by path, each with its value: what an object says, or what somebody owns of it. Steps are as in `fieldsV1`. */
export type Fields = ReadonlyMap<string, string>

const STEP = '\u0000'
/** What belongs to the API server and to nobody else. */
const UNOWNED = new Set(
  ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields'].concat(
    ...['generateName', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'],
  ),
)

export function path(steps: readonly string[]): string {
  return steps.join(STEP)
}
export const stepsOf = (key: string): readonly string[] => key.split(STEP)
/** Whether `key` lies below `parent`. */
export const isBelow = (key: string, parent: string) => key.startsWith(parent + STEP)

export interface Reading {
  readonly custom: boolean
  /** Whether maps that did not have to be there count as fields too: they do for updates, not for applies. */
  readonly whole: boolean
}

/** Every field that an object says, with its value. */
export function fieldsOf(object: Readonly<Record<string, unknown>>, reading: Reading): Fields {
  const found = new Map<string, string>()
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object
  const given = Object.entries(isRecord(metadata) ? metadata : {}).filter(([key]) => !UNOWNED.has(key))
  for (const [key, value] of given) collect(found, ['f:metadata', `f:${key}`], key, value, reading)
  for (const [key, value] of Object.entries(rest)) collect(found, [`f:${key}`], key, value, reading)
  return found
}

function collect(
  found: Map<string, string>,
  steps: readonly string[],
  field: string,
  value: unknown,
  reading: Reading,
): void {
  const { custom, whole } = reading
  const here = path(steps)
  if (isRecord(value) && !isAtomicMap(field, custom) && Object.keys(value).length > 0) {
    if (whole && isOptional(field, custom)) found.set(here, '')
    for (const [key, inner] of Object.entries(value))
      collect(found, [...steps, `f:${key}`], key, inner, reading)
    return
  }
  const list = Array.isArray(value) ? listKind(field, value, custom) : null
  if (!Array.isArray(value) || list === null || list.kind === 'atomic') {
    found.set(here, canonical(value))
    return
  }
  if (whole && isOptional(field, custom) && value.length > 0) found.set(here, '')
  for (const item of value) {
    if (list.kind === 'set') {
      found.set(path([...steps, `v:${JSON.stringify(item)}`]), '')
      continue
    }
    const inside = [...steps, itemKey(item, list.keys)]
    found.set(path(inside), '')
    for (const [key, inner] of Object.entries(item))
      collect(found, [...inside, `f:${key}`], key, inner, reading)
  }
}

/** What is new or different in `after`, and what is gone. */
export function compare(before: Fields, after: Fields): { changed: Set<string>; removed: Set<string> } {
  const changed = [...after].filter(([key, value]) => before.get(key) !== value).map(([key]) => key)
  const removed = [...before.keys()].filter((key) => !after.has(key))
  return { changed: new Set(changed), removed: new Set(removed) }
}

type Tree = { [step: string]: Tree }

/** As `fieldsV1` writes it: a tree, where `.` says that something above other fields is owned as well. */
export function toTree(keys: Iterable<string>): Tree {
  const owned = new Set(keys)
  const root: Tree = {}
  for (const key of [...owned].sort()) {
    let at = root
    for (const step of stepsOf(key)) at = at[step] ??= {}
  }
  const mark = (tree: Tree, steps: readonly string[]): Tree => {
    const inner = Object.entries(tree).map(([step, below]) => [step, mark(below, [...steps, step])] as const)
    const dot = inner.length > 0 && owned.has(path(steps)) ? [['.', {}] as const] : []
    return Object.fromEntries([...dot, ...inner])
  }
  return mark(root, [])
}

export function fromTree(tree: unknown, steps: readonly string[] = []): string[] {
  if (!isRecord(tree)) return []
  const entries = Object.entries(tree)
  if (entries.length === 0) return steps.length > 0 ? [path(steps)] : []
  return entries.flatMap(([step, below]) =>
    step === '.' ? [path(steps)] : fromTree(below, [...steps, step]),
  )
}

/** `.spec.containers[name="main"].image`, as refusals name a field. */
export function fieldName(key: string): string {
  return stepsOf(key)
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`
      if (step.startsWith('v:')) return `[=${step.slice(2)}]`
      const entries = Object.entries(JSON.parse(step.slice(2)) as Record<string, unknown>)
      return `[${entries.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
    })
    .join('')
}
