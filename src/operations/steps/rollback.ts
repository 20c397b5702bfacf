import { type KeptRevision, revisionsOf } from '../../core/rollout/revisions.ts'
import { rollbackPatch } from '../../core/rollout/rollback.ts'
import { templateDigest } from '../../core/rollout/template.ts'
import type { StepOf } from '../../core/steps.ts'
import { isSameObject, observeValue, writerOf } from './judge.ts'
import type { Live, StepKindOf } from './kind.ts'
import { marks } from './mark.ts'
import { rolloutProgress, rolloutSeconds } from './workload.ts'

type Rollback = StepOf<'rollback'>

/** A rollback gives the revision a new number: the template is what is gone back to, its number only the nearer of two alike. */
function revisionOf({ to, toTemplate }: Rollback, live: Live): KeptRevision | null {
  const alike = revisionsOf(live.object, live.revisions).filter(({ template }) => template === toTemplate)
  return alike.find(({ number }) => number === to) ?? alike[0] ?? null
}

export const rollback: StepKindOf<Rollback> = {
  reads: { before: ['revisions'], during: ['pods'] },
  seconds: (_step, live) => rolloutSeconds(live),
  stale(step, live) {
    if (templateDigest(live.object) !== step.fromTemplate) return 'its pods are described differently now'
    return revisionOf(step, live) === null ? `revision ${step.to} is not kept any more` : null
  },
  request(step, live, owner) {
    const revision = revisionOf(step, live)
    if (revision === null) throw new Error(`revision ${step.to} is not among what was read`)
    return { verb: 'patch', ref: step.ref, patch: rollbackPatch(live.object, revision.object, marks(owner)) }
  },
  observe: ({ ref, fromTemplate, toTemplate }, scene, owner) =>
    observeValue(scene, ref, owner, { now: templateDigest, from: fromTemplate, to: toTemplate }),
  progress({ ref, toTemplate }, scene, owner) {
    const { object } = scene
    if (!isSameObject(object, ref)) return { state: 'failed', says: 'it was deleted' }
    if (templateDigest(object) !== toTemplate) {
      const who = writerOf(object, ['spec', 'template']) ?? 'somebody else'
      return { state: 'failed', says: `${who} changed its pods again after the rollback` }
    }
    return rolloutProgress({ ...scene, object }, ref.kind, owner)
  },
  inverse: ({ from, to, fromTemplate, toTemplate, ...step }) => ({
    ...step,
    ...{ from: to, to: from, fromTemplate: toTemplate, toTemplate: fromTemplate },
  }),
}
