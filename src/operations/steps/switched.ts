import type { RawObject } from '../../core/ports/objects.ts'
import { at } from '../../core/raw.ts'
import type { Step } from '../../core/steps.ts'
import { isSameObject, observeValue, same, writerOf } from './judge.ts'
import { AT_ONCE_SECONDS, type StepKindOf } from './kind.ts'
import { type Change, markedPatch } from './mark.ts'

/** A change of values that is true as soon as it is written: nothing has to come about. */
export interface Switched<S extends Step> {
  /** What the object says now, in the form of `from` and `to`. */
  readonly now: (object: RawObject) => unknown
  readonly from: (step: S) => unknown
  readonly to: (step: S) => unknown
  /** The members that hold it. */
  readonly members: (step: S, object: RawObject) => readonly Omit<Change, 'from'>[]
  /** The sentence of a value, without subject: `is paused`. */
  readonly says: (value: unknown) => string
  readonly inverse: (step: S) => Step
  /** Whether it is as well when somebody else has done it already: what is given back. */
  readonly moot?: (step: S) => boolean
}

export function switchedKind<S extends Step>(kind: Switched<S>): StepKindOf<S> {
  const { now, from, to, members, says, inverse, moot = () => false } = kind
  return {
    reads: { before: [], during: [] },
    seconds: () => AT_ONCE_SECONDS,
    stale: (step, { object }) => (same(now(object), from(step)) ? null : `it ${says(now(object))} already`),
    request: (step, { object }, owner) => {
      const changes = members(step, object).map((member) => ({ ...member, from: at(object, ...member.path) }))
      return markedPatch(step.ref, object, changes, owner)
    },
    observe: (step, scene, owner) =>
      observeValue(scene, step.ref, owner, { now, from: from(step), to: to(step) }),
    progress(step, { object }) {
      if (!isSameObject(object, step.ref)) return { state: 'failed', says: 'it was deleted' }
      if (same(now(object), to(step))) return { state: 'done', says: `it ${says(to(step))}` }
      const path = members(step, object)[0]?.path ?? []
      const who = writerOf(object, path) ?? 'somebody else'
      return { state: 'failed', says: `${who} changed it again: it ${says(now(object))}` }
    },
    inverse,
    moot: (step, { object }) =>
      moot(step) && isSameObject(object, step.ref) && same(now(object), to(step))
        ? `it ${says(to(step))} already`
        : null,
  }
}
