import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Patch } from '../../../src/core/ports/objects.ts'
import { rollbackPatch, rolledBackAnnotations } from '../../../src/core/rollout/rollback.ts'
import { podTemplate } from '../../../src/core/rollout/template.ts'
import { controllerRevision, deployment, replicaSet, statefulSet, template } from './objects.ts'

function operationsOf(patch: Patch) {
  if (patch.format !== 'json') throw new Error('it is no JSON patch')
  return patch.operations
}

describe('the rollback of a Deployment', () => {
  const live = deployment('a:3', {
    annotations: {
      'kubernetes.io/change-cause': 'third',
      'team.example/owner': 'orders',
      'kustomize.toolkit.fluxcd.io/reconcile': 'disabled',
      'bakery.dev/operation': 'now0000000',
    },
  })
  const past = replicaSet(1, 'a:1', {
    annotations: {
      'kubernetes.io/change-cause': 'first',
      'deployment.kubernetes.io/desired-replicas': '9',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      'reconcile.fluxcd.io/requestedAt': '2020',
      'bakery.dev/operation': 'past000000',
    },
  })

  it('holds for exactly the object that was read, and puts the revision’s template back whole', () => {
    expect(operationsOf(rollbackPatch(live, past)).slice(0, 3)).toEqual([
      { op: 'test', path: '/metadata/uid', value: 'uid-orders' },
      { op: 'test', path: '/metadata/resourceVersion', value: '42' },
      { op: 'replace', path: '/spec/template', value: template('a:1') },
    ])
  })

  it('takes annotations from the revision as kubectl does, and keeps what Flux and Bakery say now', () => {
    expect(rolledBackAnnotations(live, past)).toEqual({
      'deployment.kubernetes.io/revision': '3',
      'kubernetes.io/change-cause': 'first',
      'kustomize.toolkit.fluxcd.io/reconcile': 'disabled',
      'bakery.dev/operation': 'now0000000',
    })
  })

  it('carries the mark of the operation', () => {
    const marked = operationsOf(rollbackPatch(live, past, { 'bakery.dev/operation': 'mine000000' })).at(-1)
    expect(marked).toMatchObject({
      path: '/metadata/annotations',
      value: { 'bakery.dev/operation': 'mine000000', 'kubernetes.io/change-cause': 'first' },
    })
  })

  it('never brings back what Flux or Bakery said of the past, and never loses what they say now', () => {
    const prefix = fc.constantFrom(
      'kustomize.toolkit.fluxcd.io/',
      'helm.toolkit.fluxcd.io/',
      'bakery.dev/',
      'other/',
    )
    const annotations = fc.dictionary(
      fc.tuple(prefix, fc.string({ maxLength: 3 })).map((parts) => parts.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(annotations, annotations, (now, then) => {
        const after = rolledBackAnnotations(
          deployment('a:3', { annotations: now }),
          replicaSet(1, 'a:1', { annotations: then }),
        )
        const kept = (all: object) =>
          Object.entries(all).filter(([name]) => !/^(other|deployment\.)/.test(name))
        expect(Object.fromEntries(kept(after))).toEqual(Object.fromEntries(kept(now)))
        const others = (all: object) => Object.entries(all).filter(([name]) => name.startsWith('other/'))
        expect(Object.fromEntries(others(after))).toEqual(Object.fromEntries(others(then)))
      }),
    )
  })
})

describe('the rollback of a StatefulSet', () => {
  it('sends the revision’s own patch, for exactly the object that was read', () => {
    const patch = rollbackPatch(statefulSet('p:2'), controllerRevision(1, 'p:1'), {
      'bakery.dev/operation': 'x',
    })
    expect(patch.format).toBe('strategic')
    expect(JSON.parse(patch.format === 'strategic' ? patch.text : '')).toEqual({
      metadata: { uid: 'uid-store', resourceVersion: '7', annotations: { 'bakery.dev/operation': 'x' } },
      spec: { template: { ...template('p:1'), $patch: 'replace' } },
    })
  })

  it('sends nothing of a revision but its template', () => {
    const forged = {
      ...controllerRevision(1, 'p:1'),
      data: {
        metadata: { finalizers: [] },
        spec: { replicas: 0, template: { spec: {}, $patch: 'replace' } },
      },
    }
    const patch = rollbackPatch(statefulSet('p:2'), forged)
    expect(JSON.parse(patch.format === 'strategic' ? patch.text : '').spec).toEqual({
      template: { spec: {}, $patch: 'replace' },
    })
    expect(podTemplate(forged)).toEqual({ spec: {} })
  })
})
