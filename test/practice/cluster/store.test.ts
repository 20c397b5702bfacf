import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../practice/cluster/objects.ts'
import { findResource } from '../../../practice/cluster/resources.ts'
import { createStore } from '../../../practice/cluster/store.ts'

const CONFIGMAPS = findResource('', 'v1', 'configmaps')!
const configMap = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'a',
    uid: name,
    resourceVersion: '',
    creationTimestamp: '2026-11-23T06:00:00Z',
  },
  data: { value },
})
const look = (objects: readonly KubeObject[] | null) =>
  objects?.map(({ metadata, data }) => `${metadata.name}=${(data as { value: string }).value}`)

const step = fc.record({
  kind: fc.constantFrom('put', 'remove'),
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.stringMatching(/^[a-z]{1,3}$/),
})

describe('the store of the practice cluster', () => {
  it('shows every earlier moment as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const store = createStore()
        const moments = [{ version: store.version(), objects: look(store.list(CONFIGMAPS)) }]
        for (const { kind, name, value } of steps) {
          if (kind === 'put') store.put(CONFIGMAPS, configMap(name, value))
          else store.remove(CONFIGMAPS, 'a', name)
          moments.push({ version: store.version(), objects: look(store.list(CONFIGMAPS)) })
        }
        for (const { version, objects } of moments)
          expect(look(store.at(CONFIGMAPS, version))).toEqual(objects)
      }),
    )
  })

  it('tells from any moment on exactly what leads to the present', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, cut) => {
        const store = createStore()
        const versions = [store.version()]
        for (const { kind, name, value } of steps) {
          if (kind === 'put') store.put(CONFIGMAPS, configMap(name, value))
          else store.remove(CONFIGMAPS, 'a', name)
          versions.push(store.version())
        }
        const from = versions[cut % versions.length]!
        const objects = new Map(store.at(CONFIGMAPS, from)!.map((object) => [object.metadata.name, object]))
        for (const { type, object } of store.since(CONFIGMAPS, from)!) {
          if (type === 'DELETED') objects.delete(object.metadata.name)
          else objects.set(object.metadata.name, object)
        }
        const replayed = [...objects.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
        expect(look(replayed)).toEqual(look(store.list(CONFIGMAPS)))
      }),
    )
  })

  it('no longer knows what was before it was compacted or longer ago than its history', () => {
    const store = createStore({ historyLength: 8 })
    for (let turn = 0; turn < 20; turn += 1) store.put(CONFIGMAPS, configMap('a', String(turn)))
    expect(store.since(CONFIGMAPS, 101)).toBeNull()
    expect(store.at(CONFIGMAPS, 101)).toBeNull()
    expect(store.since(CONFIGMAPS, 118)).toHaveLength(2)
    store.compact()
    expect(store.since(CONFIGMAPS, 118)).toBeNull()
    expect(store.since(CONFIGMAPS, store.version())).toEqual([])
  })

  it('tells everybody in the same order, also what a listener does in its turn', () => {
    const store = createStore()
    const heard: string[] = []
    store.subscribe(({ object }) => {
      if (object.metadata.name === 'a') store.put(CONFIGMAPS, configMap('b', 'echo'))
    })
    store.subscribe(({ object }) => heard.push(object.metadata.name))
    store.put(CONFIGMAPS, configMap('a', '1'))
    expect(heard).toEqual(['a', 'b'])
  })
})
