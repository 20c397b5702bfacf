import type { RawObject } from '../../core/ports/objects.ts'
import { at, count, text } from '../../core/raw.ts'
import type { ObjectRef } from '../../core/steps.ts'
import { isSameObject } from './judge.ts'
import type { Observation, Progress } from './kind.ts'

/** A pod may take its own time to end, and its successor to start. */
export const POD_SECONDS = 600

/** A pod that is on its way out counts as deleted: nothing calls it back. */
export function observeGone(object: RawObject | null, ref: ObjectRef): Observation {
  if (!isSameObject(object, ref)) return 'done'
  return isLeaving(object) ? 'done' : 'absent'
}

export function isLeaving(object: RawObject): boolean {
  return text(at(object, 'metadata', 'deletionTimestamp')) !== null
}

export function waitForEnd(object: RawObject | null, ref: ObjectRef): Progress | null {
  if (!isSameObject(object, ref)) return null
  if (isLeaving(object)) return { state: 'waiting', says: 'it is ending' }
  return { state: 'failed', says: 'it is there again and does not end' }
}

/** Whoever made the pod has as many ready ones as it wants. */
export function waitForSuccessor(maker: RawObject | null): Progress {
  if (maker === null) return { state: 'done', says: 'it is gone' }
  const daemons = at(maker, 'status', 'desiredNumberScheduled')
  const wanted = daemons === undefined ? count(at(maker, 'spec', 'replicas'), 1) : count(daemons)
  const ready = count(at(maker, 'status', daemons === undefined ? 'readyReplicas' : 'numberReady'))
  const says = `it is gone; ${ready} of ${wanted} ${wanted === 1 ? 'pod is' : 'pods are'} ready`
  return { state: ready >= wanted ? 'done' : 'waiting', says }
}
