import { describe, expect, it } from 'vitest'
import { applyPatch, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH } from '../../../practice/cluster/patch.ts'

const pod = {
  metadata: { labels: { a: '1' } },
  spec: {
    containers: [
      { name: 'app', image: 'app:1', env: [{ name: 'A', value: '1' }] },
      { name: 'proxy', image: 'proxy:1' },
    ],
    finalizers: ['x', 'y'],
  },
}
const json = (operations: unknown) => applyPatch(pod, JSON_PATCH, JSON.stringify(operations), false)
const strategic = (patch: unknown) => applyPatch(pod, STRATEGIC_PATCH, JSON.stringify(patch), false)

describe('a patch', () => {
  it('of the merge kind removes with null and replaces lists', () => {
    const patch = JSON.stringify({ metadata: { labels: { a: null, b: '2' } }, spec: { finalizers: ['z'] } })
    expect(applyPatch(pod, MERGE_PATCH, patch, true)).toMatchObject({
      metadata: { labels: { b: '2' } },
      spec: { finalizers: ['z'], containers: [{ name: 'app' }, { name: 'proxy' }] },
    })
    expect(pod.metadata.labels).toEqual({ a: '1' })
  })

  it('of the strategic kind merges containers by name and their variables too', () => {
    const patch = { spec: { containers: [{ name: 'app', env: [{ name: 'B', value: '2' }] }] } }
    expect(strategic(patch)).toMatchObject({
      spec: {
        containers: [
          { name: 'app', image: 'app:1', env: [{ name: 'A' }, { name: 'B' }] },
          { name: 'proxy', image: 'proxy:1' },
        ],
      },
    })
  })

  it('of the strategic kind deletes and replaces where it says so', () => {
    const patch = { spec: { containers: [{ $patch: 'delete', name: 'proxy' }] } }
    expect(strategic(patch)).toMatchObject({ spec: { containers: [{ name: 'app' }] } })
    expect(strategic({ spec: { $patch: 'replace', replicas: 1 } })).toMatchObject({ spec: { replicas: 1 } })
    expect(strategic({ spec: { $patch: 'replace', replicas: 1 } })).not.toHaveProperty('spec.containers')
  })

  it('of the JSON kind adds, replaces, removes and tests, in objects and lists', () => {
    const result = json([
      { op: 'test', path: '/spec/containers/0/name', value: 'app' },
      { op: 'replace', path: '/spec/containers/0/image', value: 'app:2' },
      { op: 'add', path: '/metadata/labels/app.kubernetes.io~1name', value: 'shop' },
      { op: 'add', path: '/spec/containers/-', value: { name: 'third' } },
      { op: 'remove', path: '/spec/containers/1' },
    ])
    expect(result).toMatchObject({
      metadata: { labels: { a: '1', 'app.kubernetes.io/name': 'shop' } },
      spec: { containers: [{ image: 'app:2' }, { name: 'third' }] },
    })
  })

  it('of the JSON kind that cannot be applied changes nothing and is refused', () => {
    const refused = 'the server rejected our request due to an error in our request'
    expect(() => json([{ op: 'test', path: '/metadata/labels/a', value: '2' }])).toThrow(refused)
    expect(() => json([{ op: 'remove', path: '/metadata/none' }])).toThrow(refused)
    expect(() => json([{ op: 'replace', path: '/spec/containers/9/name', value: 'x' }])).toThrow(refused)
    expect(() => json([{ op: 'copy', path: '/a', from: '/b' }])).toThrow(refused)
    expect(() => json({ op: 'add' })).toThrow('cannot unmarshal object')
  })

  it('of the strategic kind is refused for custom resources, and an unknown type for all', () => {
    expect(() => applyPatch(pod, STRATEGIC_PATCH, '{}', true)).toThrow(/accepted media types include/)
    expect(() => applyPatch(pod, 'application/json', '{}', false)).toThrow('415: Unsupported Media Type')
    expect(() => applyPatch(pod, MERGE_PATCH, 'no json', false)).toThrow('error decoding patch')
  })
})
