import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPatch, JSON_PATCH } from '../../../practice/cluster/patch.ts'
import type { RawObject, WriteRequest } from '../../../src/core/ports/objects.ts'
import type { Step, StepKind } from '../../../src/core/steps.ts'
import {
  inverseOf,
  isLive,
  KINDS,
  mootness,
  observe,
  progressOf,
  requestOf,
  type Scene,
  staleness,
} from '../../../src/operations/steps/index.ts'
import { isReversible } from '../../../src/views/operations/steps.ts'
import { deployment, EXAMPLES, OWNER, object, replicaSet, scene } from './objects.ts'

const kinds = Object.keys(KINDS) as StepKind[]
const patched: readonly StepKind[] = kinds.filter((kind) => kind !== 'delete-pod' && kind !== 'evict')

function requestFor(kind: StepKind, before: Scene = EXAMPLES[kind].before): WriteRequest {
  const { step } = EXAMPLES[kind]
  if (!isLive(step, before)) throw new Error('the example has no object')
  return requestOf(step, before, OWNER)
}

/** The object after the write, by the practice cluster's own patch. */
function written(kind: StepKind, before: Scene = EXAMPLES[kind].before): Scene {
  const request = requestFor(kind, before)
  if (request.verb !== 'patch' || request.patch.format !== 'json') return { ...before, object: null }
  const text = JSON.stringify(request.patch.operations)
  const changed = applyPatch(before.object, JSON_PATCH, text, false) as RawObject
  return { ...before, object: { ...changed, metadata: { ...changed.metadata, resourceVersion: '42' } } }
}

describe.each(kinds)('a step of the kind %s', (kind) => {
  const { step, before, changed } = EXAMPLES[kind]

  it('may be done while the object is as it was approved, and not when it has changed', () => {
    expect(staleness(step, before)).toBeNull()
    expect(staleness(step, changed)).toMatch(/^[a-z]/)
  })

  it('may not be done to another object of the same name, nor to none', () => {
    const twin = { ...before.object!, metadata: { ...before.object!.metadata, uid: 'another' } }
    expect(staleness(step, scene(twin))).toContain('another one')
    expect(staleness(step, scene(null))).toContain('not there')
  })

  it('is absent before it is written, done after, and done for this step alone', () => {
    expect(observe(step, before, OWNER)).toBe('absent')
    const then = written(kind)
    expect(observe(step, then, OWNER)).toBe('done')
    if (patched.includes(kind)) {
      expect(observe(step, then, { ...OWNER, id: 'another123', createdAt: '2026-11-23T06:00:00Z' })).not.toBe(
        'done',
      )
    }
  })

  it('gives the same write however often it is asked', () => {
    expect(requestFor(kind)).toEqual(requestFor(kind))
  })

  it('is put back by what is put back by it', () => {
    const inverse = inverseOf(step)
    if (inverse === null) return
    expect(inverse.ref).toEqual(step.ref)
    expect(inverse).not.toEqual(step)
    expect(inverseOf(inverse)).toEqual(step)
  })

  it('has an undo button exactly where something puts it back', () => {
    const done = {
      n: 0,
      step,
      state: 'done',
      before: null,
      auditIds: [],
      intentAt: null,
      settledAt: null,
      says: null,
    } as const
    expect(isReversible({ steps: [done], undoneBy: null })).toBe(inverseOf(step) !== null)
  })
})

describe.each(patched)('the write of a %s', (kind) => {
  it('names the object by UID and version, and says whose it is', () => {
    const request = requestFor(kind)
    if (request.verb !== 'patch' || request.patch.format !== 'json') throw new Error('not a JSON patch')
    const { operations } = request.patch
    expect(operations).toContainEqual({
      op: 'test',
      path: '/metadata/uid',
      value: EXAMPLES[kind].before.object!.metadata.uid,
    })
    expect(operations).toContainEqual({ op: 'test', path: '/metadata/resourceVersion', value: '41' })
    expect(written(kind).object!.metadata.annotations).toMatchObject({
      'bakery.dev/operation': OWNER.id,
      'bakery.dev/step': '0',
    })
  })

  it('fails when the object has changed in the meantime', () => {
    const request = requestFor(kind)
    if (request.verb !== 'patch' || request.patch.format !== 'json') throw new Error('not a JSON patch')
    const { object: held } = EXAMPLES[kind].before
    const moved = { ...held, metadata: { ...held!.metadata, resourceVersion: '43' } }
    const text = JSON.stringify(request.patch.operations)
    expect(() => applyPatch(moved, JSON_PATCH, text, false)).toThrow()
  })

  it('keeps everything else of the object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue()), (extra) => {
        const { before } = EXAMPLES[kind]
        const held = before.object!
        const strange = { ...extra, ...held, spec: { ...(held.spec as object), unknownToUs: extra } }
        const then = written(kind, { ...before, object: strange })
        for (const key of Object.keys(extra)) expect(then.object).toHaveProperty([key])
        expect((then.object!.spec as Record<string, unknown>).unknownToUs).toEqual(extra)
      }),
      { numRuns: 30 },
    )
  })

  it('was something else when the value is there without the mark, or the mark without the value', () => {
    const { step, before } = EXAMPLES[kind]
    const then = written(kind)
    const { annotations: _, ...metadata } = then.object!.metadata
    const unmarked = { ...then, object: { ...then.object!, metadata } }
    if (kind !== 'reconcile') expect(observe(step, unmarked, OWNER)).toBe('other')
    const { annotations = {} } = then.object!.metadata
    const restored = { ...before.object!, metadata: { ...before.object!.metadata, annotations } }
    if (kind !== 'reconcile') expect(observe(step, { ...before, object: restored }, OWNER)).toBe('other')
  })
})

describe('what is given back to Flux', () => {
  it.each(['suspend', 'exempt'] as const)('%s: is as well when somebody has done it by hand', (kind) => {
    const { step, before } = EXAMPLES[kind]
    const back = inverseOf(step)!
    expect(mootness(back, before)).toBe('it is kept by Flux already')
    expect(mootness(back, EXAMPLES[kind].changed)).toBeNull()
    const another = { ...before.object!, metadata: { ...before.object!.metadata, uid: 'another' } }
    expect(mootness(back, { ...before, object: another })).toBeNull()
    expect(mootness(back, scene(null))).toBeNull()
    // Taking it out of git's care is another matter: that somebody else did so has to be looked at.
    expect(mootness(step, EXAMPLES[kind].changed)).toBeNull()
  })
})

describe('the writes of pods', () => {
  it('delete only the pod of this UID and version', () => {
    const { ref } = EXAMPLES['delete-pod'].step
    expect(requestFor('delete-pod')).toEqual({ verb: 'delete', ref, resourceVersion: '41' })
  })

  it('have nothing to evict once the pod has left by itself', () => {
    const { step } = EXAMPLES.evict
    expect(mootness(step, scene(null))).toBe('it had left by itself')
    expect(mootness(step, EXAMPLES.evict.before)).toBeNull()
  })

  it('wait for the successor of a pod that was deleted', () => {
    const { step } = EXAMPLES['delete-pod']
    const maker = (ready: number) =>
      object('ReplicaSet', 'orders-service-2', { spec: { replicas: 2 }, status: { readyReplicas: ready } })
    expect(progressOf(step, scene(null, { maker: maker(1) }), OWNER)).toEqual({
      state: 'waiting',
      says: 'it is gone; 1 of 2 pods are ready',
    })
    expect(progressOf(step, scene(null, { maker: maker(2) }), OWNER).state).toBe('done')
  })
})

describe('a rollout', () => {
  const { step } = EXAMPLES.scale
  const scaled = (status: Record<string, unknown>) => {
    const base = written('scale').object!
    return { ...base, spec: base.spec as object, status: { observedGeneration: 4, ...status } }
  }
  const status = { replicas: 5, updatedReplicas: 5, readyReplicas: 5, availableReplicas: 5 }

  it('has come about only when the API server says that all pods are available, and that is the proof', () => {
    const waiting = scaled({ ...status, availableReplicas: 3 })
    expect(progressOf(step, scene(waiting), OWNER)).toMatchObject({ state: 'waiting' })
    expect(progressOf(step, scene(scaled(status)), OWNER)).toEqual({
      state: 'done',
      says: '5 of 5 pods available',
    })
  })

  it('to fewer pods has come about only when the others have ended', () => {
    const more = scaled({ ...status, replicas: 6, updatedReplicas: 6, availableReplicas: 6 })
    expect(progressOf(step, scene(more), OWNER)).toEqual({ state: 'waiting', says: '1 pod is still to end' })
  })

  it('names the reason of a pod that keeps it from its end', () => {
    const pod = object('Pod', 'orders-9', {
      metadata: { ...object('Pod', 'orders-9').metadata, creationTimestamp: '2026-11-23T05:00:00Z' },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          {
            name: 'orders',
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
          },
        ],
      },
    })
    const { says } = progressOf(
      step,
      scene(scaled({ ...status, availableReplicas: 4 }), { pods: [pod] }),
      OWNER,
    )
    expect(says).toContain('pod orders-9: CrashLoopBackOff (OOMKilled, exit code 137)')
  })

  it('has failed when its deadline was exceeded, or when it is paused', () => {
    const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }
    const slow = scaled({ ...status, availableReplicas: 1, conditions: [late] })
    expect(progressOf(step, scene(slow), OWNER).state).toBe('failed')
    const held = scaled({ ...status, updatedReplicas: 2 })
    const paused = { ...held, spec: { ...held.spec, paused: true } }
    expect(progressOf(step, scene(paused), OWNER)).toMatchObject({
      state: 'failed',
      says: expect.stringContaining('paused'),
    })
  })

  it('has failed when an autoscaler or Flux pulls it back, and says who it was', () => {
    const pulled = (manager: string, subresource?: string, replicas = 3) => {
      const held = scaled(status)
      const managedFields = [
        { manager: 'bakery', time: '2026-11-23T05:00:01Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        { manager, subresource, time: '2026-11-23T05:00:09Z', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
      ]
      return {
        ...held,
        spec: { ...held.spec, replicas },
        metadata: { ...held.metadata, managedFields },
      }
    }
    expect(progressOf(step, scene(pulled('kube-controller-manager', 'scale')), OWNER)).toEqual({
      state: 'failed',
      says: 'an autoscaler set it to 3 pods afterwards',
    })
    const one = pulled('kube-controller-manager', 'scale', 1)
    expect(progressOf(step, scene(one), OWNER).says).toBe('an autoscaler set it to 1 pod afterwards')
    expect(progressOf(step, scene(pulled('kustomize-controller')), OWNER).says).toMatch(/^Flux set it/)
  })

  it('of a rollback has failed when the template is another one again', () => {
    const { step: back } = EXAMPLES.rollback
    expect(progressOf(back, scene(written('rollback').object!), OWNER).state).not.toBe('failed')
    expect(progressOf(back, scene(deployment()), OWNER)).toMatchObject({ state: 'failed' })
  })

  it('goes back to the template, under whatever number it is kept now', () => {
    const { step: back } = EXAMPLES.rollback
    const renumbered = scene(deployment(), {
      revisions: [replicaSet(7, 'orders:1'), replicaSet(6, 'orders:2')],
    })
    expect(staleness(back, renumbered)).toBeNull()
    expect(staleness(back, scene(deployment(), { revisions: [replicaSet(6, 'orders:2')] }))).toContain(
      'not kept',
    )
  })
})

describe('a look of Flux', () => {
  const { step } = EXAMPLES.reconcile as { step: Step }
  const looked = (status: Record<string, unknown>) => scene({ ...written('reconcile').object!, status })

  it('has come about when Flux says that it has handled this very request and all is well', () => {
    expect(progressOf(step, looked({}), OWNER).state).toBe('waiting')
    const handled = { lastHandledReconcileAt: OWNER.createdAt, observedGeneration: 3 }
    const ready = (value: string) => [
      { type: 'Ready', status: value, message: 'stored artifact main@sha1:1' },
    ]
    expect(progressOf(step, looked({ ...handled, conditions: ready('True') }), OWNER).state).toBe('done')
    expect(progressOf(step, looked({ ...handled, conditions: ready('False') }), OWNER)).toEqual({
      state: 'failed',
      says: 'Flux could not: stored artifact main@sha1:1',
    })
  })
})
