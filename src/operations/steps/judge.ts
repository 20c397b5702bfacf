import { canonical } from '../../core/canonical.ts'
import type { RawObject } from '../../core/ports/objects.ts'
import { at, list, record, text } from '../../core/raw.ts'
import type { ObjectRef } from '../../core/steps.ts'
import type { Observation, Scene, StepOwner } from './kind.ts'
import { isMarked } from './mark.ts'

/** Two values of the cluster that say the same. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

/** Whether the object is the one that was approved, and not another of the same name. */
export function isSameObject(object: RawObject | null, ref: ObjectRef): object is RawObject {
  return object !== null && object.metadata.uid === ref.uid
}

/**
 * What became of a change of a value: done when the value is there and the object says that it was this step; absent when
 * the old value is there and the object does not say so. The new value without the mark was somebody else's doing, the old
 * value with the mark was done and undone again.
 */
export function observeValue(
  { object }: Scene,
  ref: ObjectRef,
  owner: StepOwner,
  value: { readonly now: (object: RawObject) => unknown; readonly from: unknown; readonly to: unknown },
): Observation {
  if (!isSameObject(object, ref)) return 'other'
  const now = value.now(object)
  const marked = isMarked(object, owner)
  if (marked && same(now, value.to)) return 'done'
  return !marked && same(now, value.from) ? 'absent' : 'other'
}

/** Who last set a field, as the API server keeps it (`managedFields`), in words; null: it does not say. */
export function writerOf(object: RawObject, path: readonly string[]): string | null {
  const managers = list(at(object, 'metadata', 'managedFields')).filter(
    (entry) => at(entry, 'fieldsV1', ...path.map((key) => `f:${key}`)) !== undefined,
  )
  const newest = managers.toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)))[0]
  const manager = text(at(newest, 'manager'))
  if (manager === null) return null
  const subresource = text(at(newest, 'subresource'))
  if (manager === 'kube-controller-manager' && subresource === 'scale') return 'an autoscaler'
  return FLUX[manager] ?? manager
}

const FLUX: Readonly<Record<string, string>> = {
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux (Helm)',
}

const timeOf = (entry: unknown) => text(at(record(entry), 'time')) ?? ''
