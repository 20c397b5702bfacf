import type { RawObject } from '../ports/objects.ts'
import { at, count, list, moment, text } from '../raw.ts'
import { podTemplate, sameTemplate, templateDigest } from './template.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/** An earlier pod template that the cluster has kept. */
export interface KeptRevision {
  readonly number: number
  /** The ReplicaSet or ControllerRevision. */
  readonly object: RawObject
  /** `templateDigest` of it. */
  readonly template: string
  readonly images: readonly string[]
  readonly changeCause: string | null
  readonly createdAt: Date
}

/**
 * What can be rolled back to, newest first, the present one among it. `kept` is whatever the namespace holds: ReplicaSets
 * for a Deployment, ControllerRevisions for the others; those of other owners are left out by the owner's UID.
 * Source: kubectl's rollback.go and history.go.
 */
export function revisionsOf(workload: RawObject, kept: readonly RawObject[]): readonly KeptRevision[] {
  return kept
    .filter((object) => isControlledBy(object, workload.metadata.uid))
    .flatMap((object) => {
      const number = revisionNumber(object)
      return number === null ? [] : [keptRevision(object, number)]
    })
    .toSorted((a, b) => b.number - a.number || a.object.metadata.name.localeCompare(b.object.metadata.name))
}

/**
 * Which revision runs or is being rolled out; null when its controller has not looked yet. A Deployment says it itself, the
 * others keep the newest revision that is equal to their template.
 */
export function currentRevision(workload: RawObject, revisions: readonly KeptRevision[]): number | null {
  const own = annotation(workload, REVISION)
  if (own !== null) return parseRevision(own)
  return revisions.find(({ object }) => sameTemplate(workload, object))?.number ?? null
}

/** What `kubectl rollout undo` goes back to when no revision is named: the second highest of those, newest first. */
export function previousRevision<Kept>(revisions: readonly Kept[]): Kept | undefined {
  return revisions[1]
}

/** Whether this workload is the object's controller. */
function isControlledBy(object: RawObject, uid: string): boolean {
  return list(at(object, 'metadata', 'ownerReferences')).some(
    (owner) => at(owner, 'controller') === true && at(owner, 'uid') === uid,
  )
}

/** The images of a template's containers, in their order. */
export function imagesOf(object: RawObject): readonly string[] {
  return list(at(podTemplate(object), 'spec', 'containers')).flatMap((one) => text(at(one, 'image')) ?? [])
}

function keptRevision(object: RawObject, number: number): KeptRevision {
  return {
    ...{ number, object },
    template: templateDigest(object),
    images: imagesOf(object),
    changeCause: annotation(object, CHANGE_CAUSE),
    createdAt: moment(at(object, 'metadata', 'creationTimestamp')) ?? new Date(0),
  }
}

/** Null: no revision at all. kubectl skips what is not a number, and a ReplicaSet that has none yet cannot be named. */
function revisionNumber(object: RawObject): number | null {
  const kept = at(object, 'revision')
  if (kept !== undefined) return count(kept) > 0 ? count(kept) : null
  const own = annotation(object, REVISION)
  return own === null ? null : parseRevision(own)
}

function parseRevision(written: string): number | null {
  const number = Number(written)
  return /^\d+$/.test(written) && Number.isSafeInteger(number) && number > 0 ? number : null
}

function annotation(object: RawObject, name: string): string | null {
  return text(at(object, 'metadata', 'annotations', name))
}
