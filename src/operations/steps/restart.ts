import type { RawObject } from '../../core/ports/objects.ts'
import { at, text } from '../../core/raw.ts'
import { RESTARTED_AT, templateDigest } from '../../core/rollout/template.ts'
import type { StepOf } from '../../core/steps.ts'
import { isSameObject, writerOf } from './judge.ts'
import type { StepKindOf } from './kind.ts'
import { isMarked, markedPatch } from './mark.ts'
import { rolloutProgress, rolloutSeconds, WORKLOAD_READS } from './workload.ts'

const MOMENT = ['spec', 'template', 'metadata', 'annotations', RESTARTED_AT]
const restartedAt = (object: RawObject) => text(at(object, ...MOMENT))

/** The moment is the operation's own and never the present one: the same restart a second time changes nothing. */
export const restart: StepKindOf<StepOf<'restart'>> = {
  reads: WORKLOAD_READS,
  seconds: (_step, live) => rolloutSeconds(live),
  stale: ({ template }, { object }) =>
    templateDigest(object) === template ? null : 'its pods are described differently now',
  request: ({ ref }, { object }, owner) =>
    markedPatch(ref, object, [{ path: MOMENT, from: restartedAt(object), to: owner.createdAt }], owner),
  observe({ ref, template }, { object }, owner) {
    if (!isSameObject(object, ref) || templateDigest(object) !== template) return 'other'
    const done = restartedAt(object) === owner.createdAt
    if (done === isMarked(object, owner)) return done ? 'done' : 'absent'
    return 'other'
  },
  progress({ ref, template }, scene, owner) {
    const { object } = scene
    if (!isSameObject(object, ref)) return { state: 'failed', says: 'it was deleted' }
    if (templateDigest(object) !== template || restartedAt(object) !== owner.createdAt) {
      const who = writerOf(object, ['spec', 'template']) ?? 'somebody else'
      return { state: 'failed', says: `${who} changed its pods while they were being restarted` }
    }
    return rolloutProgress({ ...scene, object }, ref.kind, owner)
  },
  inverse: () => null,
}
