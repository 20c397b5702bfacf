import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawObject } from '../../../src/core/ports/objects.ts'
import { RESTARTED_AT, sameTemplate, templateDigest } from '../../../src/core/rollout/template.ts'
import { controllerRevision, deployment, replicaSet, statefulSet, template } from './objects.ts'

const withTemplate = (made: unknown): RawObject => ({ ...deployment('a:1'), spec: { template: made } })

/** The same JSON with the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).toReversed()
  return Object.fromEntries(members.map(([key, member]) => [key, shuffled(member)]))
}

describe('the digest of a pod template', () => {
  it('is the same for a Deployment and the ReplicaSet that was made from it', () => {
    expect(templateDigest(replicaSet(3, 'a:1'))).toBe(templateDigest(deployment('a:1')))
  })

  it('is the same for a StatefulSet and the revision that was kept of it', () => {
    expect(templateDigest(controllerRevision(1, 'a:1'))).toBe(templateDigest(statefulSet('a:1')))
  })

  it('does not change with a restart, and kubectl’s own comparison does', () => {
    const restarted = withTemplate(
      template('a:1', { annotations: { [RESTARTED_AT]: '2026-11-23T05:00:00Z' } }),
    )
    expect(templateDigest(restarted)).toBe(templateDigest(deployment('a:1')))
    expect(sameTemplate(restarted, deployment('a:1'))).toBe(false)
    expect(sameTemplate(replicaSet(3, 'a:1'), deployment('a:1'))).toBe(true)
  })

  it('changes with a field that this version of Bakery does not know', () => {
    const made = template('a:1')
    const other = { ...made, spec: { ...(made.spec as object), brandNew: true } }
    expect(templateDigest(withTemplate(other))).not.toBe(templateDigest(withTemplate(made)))
  })

  it('depends on neither the order of members nor members that are null', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
        const made = { metadata: { creationTimestamp: null, annotations: {} }, spec }
        const plain = templateDigest(withTemplate({ spec, metadata: {} }))
        expect(templateDigest(withTemplate(made))).toBe(plain)
        expect(templateDigest(withTemplate(shuffled(made)))).toBe(plain)
      }),
    )
  })

  it('is made of anything, and of nothing', () => {
    fc.assert(fc.property(fc.jsonValue(), (made) => templateDigest(withTemplate(made)).length === 64))
  })
})
