import type { Patch, RawObject, WriteRequest } from '../../core/ports/objects.ts'
import { at, record, text } from '../../core/raw.ts'
import type { ObjectRef } from '../../core/steps.ts'
import type { StepOwner } from './kind.ts'

/** On every object that an operation has changed (docs/CONTRACT.md, "Kubernetes"). */
const OPERATION = 'bakery.dev/operation'
/** Which of the operation's steps it was: one object can be the object of several. */
const STEP = 'bakery.dev/step'

/** What an effect of this step leaves on its object. */
export function marks({ id, n }: StepOwner): Readonly<Record<string, string>> {
  return { [OPERATION]: id, [STEP]: String(n) }
}

/** Whether the newest change of Bakery's on this object was this step. Alone it proves nothing: the values have to be right too. */
export function isMarked(object: RawObject, { id, n }: StepOwner): boolean {
  const annotations = at(object, 'metadata', 'annotations')
  return text(at(annotations, OPERATION)) === id && text(at(annotations, STEP)) === String(n)
}

export type PatchOperation = Extract<Patch, { format: 'json' }>['operations'][number]

/** One member of an object: where, what it is expected to be (undefined: absent), and what it becomes (undefined: taken away). */
export interface Change {
  readonly path: readonly string[]
  readonly from: unknown
  readonly to: unknown
}

/**
 * A patch that holds for this object in this version alone, replaces nothing but what it expects, and says whose it is.
 * RFC 6902, for built-in and custom kinds alike.
 */
export function markedPatch(
  ref: ObjectRef,
  object: RawObject,
  changes: readonly Change[],
  owner: StepOwner,
): WriteRequest {
  const marked = Object.entries(marks(owner)).map(([name, to]) => ({
    path: ['metadata', 'annotations', name],
    to,
  }))
  const { uid, resourceVersion } = object.metadata
  const operations: PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ...changes.flatMap(({ path, from }) => expected(object, path, from)),
  ]
  let made = object
  for (const { path, to } of [...changes, ...marked]) {
    const { operation, after } = change(made, path, to)
    if (operation !== null) operations.push(operation)
    made = after
  }
  return { verb: 'patch', ref, patch: { format: 'json', operations } }
}

/** What is absent cannot be tested, and need not be: the version is. */
function expected(object: RawObject, path: readonly string[], from: unknown): readonly PatchOperation[] {
  if (at(object, ...path) === undefined) return []
  return [{ op: 'test', path: pointer(path), value: from }]
}

/** One operation that sets a member, making the first holder that is missing on the way; and the object as it is then. */
function change(
  object: RawObject,
  path: readonly string[],
  to: unknown,
): { operation: PatchOperation | null; after: RawObject } {
  const there = at(object, ...path) !== undefined
  if (to === undefined) {
    return {
      operation: there ? { op: 'remove', path: pointer(path) } : null,
      after: put(object, path, undefined),
    }
  }
  const missing = path.findIndex((_key, index) => at(object, ...path.slice(0, index + 1)) === undefined)
  const held = missing === -1 ? path.length : missing + 1
  const value = path.slice(held).reduceRight<unknown>((inner, key) => ({ [key]: inner }), to)
  const op = there ? 'replace' : 'add'
  return {
    operation: { op, path: pointer(path.slice(0, held)), value },
    after: put(object, path, to),
  }
}

function put(object: RawObject, path: readonly string[], value: unknown): RawObject {
  const set = (holder: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key === undefined) return value
    const { [key]: inner, ...others } = record(holder)
    const made = set(inner, rest)
    return made === undefined ? others : { ...others, [key]: made }
  }
  return { ...object, ...record(set(object, path)) }
}

/** RFC 6901. */
function pointer(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
