import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, eventually, namespace, startClient } from './client.ts'

interface Seen {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name?: string; readonly resourceVersion?: string }
    readonly code?: number
    readonly message?: string
  }
}
let client: Client
beforeAll(async () => {
  client = await startClient({ bookmarkMs: 50 })
})
afterAll(() => client.cluster.stop())

const PODS = `/api/v1/namespaces/${namespace}/pods`

async function watching(path: string, query: Record<string, string | boolean | number>) {
  const seen: Seen[] = []
  const ends: unknown[] = []
  const controller = await client.watch.watch(
    path,
    query,
    (type: string, object: Seen['object']) => seen.push({ type, object }),
    (error: unknown) => ends.push(error),
  )
  return { seen, ends, stop: () => controller.abort() }
}
const version = () => String(client.cluster.store.version())

describe('a watch of the practice cluster, by the real client', () => {
  it('tells what is added, modified and deleted after the version that it begins at', async () => {
    const { seen, stop } = await watching(PODS, { resourceVersion: version() })
    const name = client.cluster.podsOf('recipes-service')[0]!.metadata.name
    client.cluster.deletePod(name)
    await eventually(
      () => seen,
      (all) => all.some(({ type, object }) => type === 'DELETED' && object.metadata.name === name),
    )
    stop()
    const types = seen.filter(({ object }) => object.metadata.name === name).map(({ type }) => type)
    expect(types).toEqual(['MODIFIED', 'DELETED'])
    expect(seen.some(({ type }) => type === 'ADDED')).toBe(true)
    const versions = seen.map(({ object }) => Number(object.metadata.resourceVersion))
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  })

  it('begins with what is there when it names no version', async () => {
    const { seen, stop } = await watching('/api/v1/nodes', {})
    await eventually(
      () => seen.length,
      (length) => length >= 3,
    )
    stop()
    expect(seen.slice(0, 3).map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ['ADDED', 'node-1'],
      ['ADDED', 'node-2'],
      ['ADDED', 'node-3'],
    ])
  })

  it('tells an object that stops matching its selector as deleted, and one that begins to as added', async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
    const query = { resourceVersion: version(), labelSelector: 'colour=blue' }
    const { seen, stop } = await watching(path, query)
    const label = (colour: string) =>
      fetch(`${client.cluster.url}${path}/pos-service`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${client.cluster.token}`,
          'content-type': 'application/merge-patch+json',
        },
        body: JSON.stringify({ metadata: { labels: { colour } } }),
      })
    await label('blue')
    await label('red')
    await eventually(
      () => seen.length,
      (length) => length === 2,
    )
    stop()
    expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'DELETED'])
  })

  it('is told how far the world is, although it sees nothing of it, when it allows bookmarks', async () => {
    const query = { resourceVersion: version(), labelSelector: 'none=such' }
    const quiet = await watching(PODS, query)
    const told = await watching(PODS, { ...query, allowWatchBookmarks: true })
    client.cluster.setBehaviour('training-service', null)
    await eventually(
      () => told.seen.length,
      (length) => length >= 2,
    )
    quiet.stop()
    told.stop()
    expect(quiet.seen).toEqual([])
    expect(new Set(told.seen.map(({ type }) => type))).toEqual(new Set(['BOOKMARK']))
  })

  it('ends by itself after timeoutSeconds', async () => {
    const { ends } = await watching(PODS, { resourceVersion: version(), timeoutSeconds: 1 })
    await eventually(
      () => ends.length,
      (length) => length === 1,
    )
    expect(ends).toEqual([null])
  })

  it('is told 410 as an event when its version was compacted away', async () => {
    const old = version()
    client.cluster.deletePod(client.cluster.podsOf('sales-service')[0]!.metadata.name)
    client.cluster.compact()
    const { seen, ends } = await watching(PODS, { resourceVersion: old })
    await eventually(
      () => ends.length,
      (length) => length === 1,
    )
    expect(seen).toMatchObject([
      {
        type: 'ERROR',
        object: { code: 410, message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/) },
      },
    ])
  })

  it('marks the end of what is there when it asks for initial events', async () => {
    const { seen, stop } = await watching('/api/v1/nodes', {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    })
    await eventually(
      () => seen.length,
      (length) => length >= 4,
    )
    stop()
    expect(seen[3]).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
  })
})
