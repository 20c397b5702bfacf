import type { WriteRequest } from '../../core/ports/objects.ts'
import type { Step, StepKind, StepOf } from '../../core/steps.ts'
import { autoscale } from './autoscale.ts'
import { cordon } from './cordon.ts'
import { deletePod } from './delete-pod.ts'
import { evict } from './evict.ts'
import { exempt } from './exempt.ts'
import { isSameObject } from './judge.ts'
import type { Live, Observation, Progress, Related, Scene, StepKindOf, StepOwner } from './kind.ts'
import { pause } from './pause.ts'
import { reconcile } from './reconcile.ts'
import { restart } from './restart.ts'
import { rollback } from './rollback.ts'
import { scale } from './scale.ts'
import { suspend } from './suspend.ts'

/** Every kind of step, proved once each: a kind without its file does not compile. */
export const KINDS: { readonly [Kind in StepKind]: StepKindOf<StepOf<Kind>> } = {
  scale,
  restart,
  rollback,
  pause,
  autoscale,
  'delete-pod': deletePod,
  evict,
  cordon,
  suspend,
  exempt,
  reconcile,
}

/** The kind of a step. The table is total and each entry takes its own steps, which the compiler cannot follow through an index. */
function kindOf(step: Step): StepKindOf<Step> {
  return KINDS[step.kind] as unknown as StepKindOf<Step>
}

export function readsOf(step: Step, when: 'before' | 'during'): readonly Related[] {
  return kindOf(step).reads[when]
}

/** How many seconds the step may take to come about. */
export function secondsOf(step: Step, live: Live): number {
  return kindOf(step).seconds(step, live)
}

/** Why the step is not what was approved any more, as a sentence without its full stop; null: the scene is `Live`. */
export function staleness(step: Step, scene: Scene): string | null {
  const { object } = scene
  if (object === null) return 'it is not there any more'
  if (!isSameObject(object, step.ref)) return 'another one of the same name has taken its place'
  return kindOf(step).stale(step, { ...scene, object })
}

/** Whether there is an object that the step was made for. */
export function isLive(step: Step, scene: Scene): scene is Live {
  return isSameObject(scene.object, step.ref)
}

/** Whether the step is still to be done, and to this. */
export function isReady(step: Step, scene: Scene): scene is Live {
  return mootness(step, scene) === null && staleness(step, scene) === null
}

/** The write of a step, also for a rehearsal. Only for a scene without `staleness`. */
export function requestOf(step: Step, live: Live, owner: StepOwner): WriteRequest {
  return kindOf(step).request(step, live, owner)
}

export function observe(step: Step, scene: Scene, owner: StepOwner): Observation {
  return kindOf(step).observe(step, scene, owner)
}

export function progressOf(step: Step, scene: Scene, owner: StepOwner): Progress {
  return kindOf(step).progress(step, scene, owner)
}

export function inverseOf(step: Step): Step | null {
  return kindOf(step).inverse(step)
}

/** Why there is nothing left to do, which is well; null: there is. */
export function mootness(step: Step, scene: Scene): string | null {
  return kindOf(step).moot?.(step, scene) ?? null
}

export type { Live, Observation, Progress, Related, Scene, StepOwner } from './kind.ts'
