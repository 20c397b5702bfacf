import { at, count } from '../../core/raw.ts'
import type { StepOf } from '../../core/steps.ts'
import { isSameObject, observeValue, writerOf } from './judge.ts'
import type { StepKindOf } from './kind.ts'
import { markedPatch } from './mark.ts'
import { rolloutProgress, rolloutSeconds, WORKLOAD_READS } from './workload.ts'

const REPLICAS = ['spec', 'replicas']
const replicas = (object: unknown) => count(at(object, ...REPLICAS), 1)
const pods = (object: unknown) => `${replicas(object)} ${replicas(object) === 1 ? 'pod' : 'pods'}`

/** The workload itself is patched: its `scale` subresource would drop the annotation. */
export const scale: StepKindOf<StepOf<'scale'>> = {
  reads: WORKLOAD_READS,
  seconds: (_step, live) => rolloutSeconds(live),
  stale: ({ from }, { object }) =>
    replicas(object) === from ? null : `it now asks for ${pods(object)}, and the plan says ${from}`,
  request: ({ ref, from, to }, { object }, owner) =>
    markedPatch(ref, object, [{ path: REPLICAS, from, to }], owner),
  observe: ({ ref, from, to }, scene, owner) => observeValue(scene, ref, owner, { now: replicas, from, to }),
  progress({ ref, to }, scene, owner) {
    const { object } = scene
    if (!isSameObject(object, ref)) return { state: 'failed', says: 'it was deleted' }
    if (replicas(object) !== to) {
      const who = writerOf(object, REPLICAS) ?? 'somebody else'
      return { state: 'failed', says: `${who} set it to ${pods(object)} afterwards` }
    }
    const progress = rolloutProgress({ ...scene, object }, ref.kind, owner)
    // kubectl takes fewer pods for done while the others still run; that is no proof of it.
    const left = count(at(object, 'status', 'replicas')) - to
    if (progress.state !== 'done' || left <= 0) return progress
    return { state: 'waiting', says: `${left} ${left === 1 ? 'pod is' : 'pods are'} still to end` }
  },
  inverse: ({ from, to, ...step }) => ({ ...step, from: to, to: from }),
}
