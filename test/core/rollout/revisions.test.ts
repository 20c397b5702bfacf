import { describe, expect, it } from 'vitest'
import { currentRevision, previousRevision, revisionsOf } from '../../../src/core/rollout/revisions.ts'
import { controllerRevision, deployment, replicaSet, statefulSet } from './objects.ts'

const numbers = (revisions: ReturnType<typeof revisionsOf>) => revisions.map(({ number }) => number)

describe('the revisions of a Deployment', () => {
  const kept = [
    replicaSet(1, 'a:1', { annotations: { 'kubernetes.io/change-cause': 'first' } }),
    replicaSet(3, 'a:3'),
    replicaSet(2, 'a:2'),
    replicaSet(9, 'b:1', { owner: 'uid-of-somebody-else' }),
    replicaSet('newest', 'a:9'),
    replicaSet(null, 'a:8'),
  ]

  it('are those of its own ReplicaSets that have a number, newest first', () => {
    const revisions = revisionsOf(deployment('a:3'), kept)
    expect(numbers(revisions)).toEqual([3, 2, 1])
    expect(revisions[2]).toMatchObject({ images: ['a:1'], changeCause: 'first' })
    expect(revisions[2]?.createdAt.toISOString()).toBe('2026-11-01T05:00:00.000Z')
  })

  it('are not those of a Deployment of the same name that was deleted', () => {
    const replaced = { ...deployment('a:3'), metadata: { ...deployment('a:3').metadata, uid: 'uid-new' } }
    expect(revisionsOf(replaced, kept)).toEqual([])
  })

  it('name the present one by the Deployment’s own word, and the one before it', () => {
    const revisions = revisionsOf(deployment('a:3'), kept)
    expect(currentRevision(deployment('a:3'), revisions)).toBe(3)
    expect(previousRevision(revisions)?.number).toBe(2)
    expect(previousRevision(revisions.slice(0, 1))).toBeUndefined()
  })
})

describe('the revisions of a StatefulSet', () => {
  const kept = [controllerRevision(1, 'p:1'), controllerRevision(4, 'p:2'), controllerRevision(2, 'p:1')]

  it('are its ControllerRevisions, newest first', () => {
    expect(numbers(revisionsOf(statefulSet('p:2'), kept))).toEqual([4, 2, 1])
  })

  it('name the present one by what is in it, the newest of two alike', () => {
    expect(currentRevision(statefulSet('p:1'), revisionsOf(statefulSet('p:1'), kept))).toBe(2)
    expect(currentRevision(statefulSet('p:9'), revisionsOf(statefulSet('p:9'), kept))).toBeNull()
  })
})
