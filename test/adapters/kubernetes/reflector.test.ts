import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createKubernetes, type Kubernetes } from '../../../src/adapters/kubernetes/kubernetes.ts'
import {
  event,
  type FakeApi,
  type Handler,
  listOf,
  rawNode,
  refuse,
  sendJson,
  startFakeApi,
} from './fake-api.ts'

let api: FakeApi
let kubernetes: Kubernetes
let warnings: unknown[]

afterEach(async () => {
  await kubernetes?.stop()
  await api?.stop()
})

/** Fast, so that what takes seconds with a real cluster takes a fraction of one. */
const timing = {
  watchSeconds: 1,
  graceMs: 300,
  freshMs: 1_500,
  backoffMs: 20,
  maxBackoffMs: 100,
  refusedMs: 100,
}

async function watching(handler: Handler): Promise<Kubernetes['reader']> {
  api = await startFakeApi(handler)
  return begin()
}

function begin(): Kubernetes['reader'] {
  warnings = []
  const log = { warn: (facts: object) => void warnings.push(facts) }
  kubernetes = createKubernetes({ kubeconfigPath: api.kubeconfig, namespace: 'bakery-ia', log, timing })!
  kubernetes.start()
  return kubernetes.reader
}

/** Nodes as the test says; everything else is an empty list and a quiet watch. */
function nodes(list: Handler, watch: Handler = quiet): Handler {
  return (url, response, request) => {
    const isWatch = url.searchParams.has('watch')
    if (url.pathname === '/api/v1/nodes') return (isWatch ? watch : list)(url, response, request)
    if (isWatch) return quiet(url, response, request)
    sendJson(response, listOf([]))
  }
}

/** Opens, says nothing, and ends in time, as a healthy API server does. */
const quiet: Handler = (url, response) => {
  response.writeHead(200).flushHeaders()
  endInTime(url, response)
}
function endInTime(url: URL, response: ServerResponse): void {
  setTimeout(() => response.end(), Number(url.searchParams.get('timeoutSeconds')) * 1000).unref()
}
const listing =
  (...names: string[]): Handler =>
  (_url, response) =>
    sendJson(response, listOf(names.map((name) => rawNode(name))))

const soon = () => AbortSignal.timeout(5_000)
const nodeNames = async (reader: Kubernetes['reader']) =>
  (await reader.nodes(soon())).items.map(({ name }) => name)
const untilNames = (reader: Kubernetes['reader'], names: string[]) =>
  expect.poll(() => nodeNames(reader).catch(() => null), { timeout: 4_000 }).toEqual(names)

describe('a cache of the cluster', () => {
  it('gathers all pages of a list before it answers', async () => {
    const reader = await watching(
      nodes((url, response) => {
        const next = url.searchParams.get('continue')
        const page = next === null ? ['a'] : ['b']
        const metadata = { resourceVersion: '10', ...(next === null ? { continue: 'more' } : {}) }
        sendJson(
          response,
          listOf(
            page.map((name) => rawNode(name)),
            metadata,
          ),
        )
      }),
    )
    expect(await nodeNames(reader)).toEqual(['a', 'b'])
    expect(api.asked).toContain('/api/v1/nodes?limit=250&continue=more')
  })

  it('begins a list again whose next page is gone', async () => {
    let expired = false
    const reader = await watching(
      nodes((url, response) => {
        if (url.searchParams.has('continue')) {
          expired = true
          return refuse(response, 410, 'The provided continue parameter is too old')
        }
        const metadata = expired ? {} : { continue: 'old' }
        sendJson(response, listOf([rawNode('a')], { resourceVersion: '10', ...metadata }))
      }),
    )
    expect(await nodeNames(reader)).toEqual(['a'])
  })

  it('follows what is added, changed and deleted', async () => {
    let stream: ServerResponse | undefined
    const reader = await watching(
      nodes(listing('a', 'b'), (url, response, request) => {
        stream = response
        quiet(url, response, request)
      }),
    )
    await untilNames(reader, ['a', 'b'])
    await expect.poll(() => stream !== undefined).toBe(true)
    stream?.write(event('ADDED', rawNode('c')))
    stream?.write(event('DELETED', rawNode('a')))
    await untilNames(reader, ['b', 'c'])
    stream?.write(event('MODIFIED', { ...rawNode('c'), spec: { unschedulable: true } }))
    await expect.poll(async () => (await reader.nodes(soon())).items[1]?.schedulable).toBe(false)
  })

  it('goes on from the last bookmark when a watch ends', async () => {
    const reader = await watching(
      nodes(listing('a'), (url, response) => {
        response.writeHead(200)
        response.write(event('BOOKMARK', { metadata: { resourceVersion: '77' } }))
        endInTime(url, response)
      }),
    )
    await nodeNames(reader)
    const fromBookmark = () => api.asked.some((asked) => asked.includes('resourceVersion=77'))
    await expect.poll(fromBookmark, { timeout: 4_000 }).toBe(true)
    expect(api.asked.filter((asked) => asked.startsWith('/api/v1/nodes?limit'))).toHaveLength(1)
  })

  it.each([
    [
      'as an event',
      (response: ServerResponse) => response.end(event('ERROR', { code: 410, message: 'too old' })),
    ],
    ['as the answer', (response: ServerResponse) => refuse(response, 410, 'too old resource version')],
  ])('lists again when its version is gone, told %s', async (_how, sayGone) => {
    let lists = 0
    const reader = await watching(
      nodes(
        (url, response, request) => {
          lists += 1
          listing(lists === 1 ? 'old' : 'new')(url, response, request)
        },
        (url, response, request) => {
          if (lists === 1) sayGone(response)
          else quiet(url, response, request)
        },
      ),
    )
    await untilNames(reader, ['new'])
    expect(warnings).toEqual([])
  })

  it('lists again after something that is no event', async () => {
    let lists = 0
    const reader = await watching(
      nodes(
        (url, response, request) => {
          lists += 1
          listing(`list-${Math.min(lists, 2)}`)(url, response, request)
        },
        (url, response, request) => {
          if (lists === 1) response.end('<html>a proxy was here</html>\n')
          else quiet(url, response, request)
        },
      ),
    )
    await untilNames(reader, ['list-2'])
  })
})

describe('a cache that cannot be trusted', () => {
  it('refuses to answer once a watch is silent beyond its time, and says when it last heard something', async () => {
    let hang = false
    const reader = await watching((url, response, request) => {
      if (!hang) nodes(listing('a'))(url, response, request)
    })
    await nodeNames(reader)
    hang = true
    await expect
      .poll(() => reader.nodes(soon()).then(() => 'answered', String), { timeout: 8_000 })
      .toMatch(/cannot watch nodes at 127\.0\.0\.1:\d+: no answer came in time; it last answered at 20\d\d-/)
    hang = false
    api.cut()
    await untilNames(reader, ['a'])
  }, 15_000)

  it('answers from memory for a moment while the API server restarts, then refuses, then recovers', async () => {
    const reader = await watching(nodes(listing('a')))
    await nodeNames(reader)
    const { port } = api
    await api.stop()
    expect(await nodeNames(reader)).toEqual(['a'])
    await expect
      .poll(() => reader.nodes(soon()).then(() => 'answered', String), { timeout: 8_000 })
      .toContain('the connection was refused: no API server listens there; it last answered at')
    api = await startFakeApi(nodes(listing('b')), port)
    await untilNames(reader, ['b'])
  }, 15_000)

  it('says at once what is missing when one kind is forbidden, and answers for the others', async () => {
    const reader = await watching(nodes((_url, response) => refuse(response, 403, 'nodes is forbidden')))
    await expect(reader.nodes(soon())).rejects.toThrow(
      /^cannot list nodes at 127\.0\.0\.1:\d+: not permitted \(403\): grant the verb "list" on "nodes" to Bakery's account$/,
    )
    expect((await reader.pods(soon())).items).toEqual([])
    expect(warnings).toHaveLength(1)
  })

  it('names the verb watch when listing is permitted and watching is not', async () => {
    const reader = await watching(nodes(listing('a'), (_url, response) => refuse(response, 403, 'no')))
    await expect
      .poll(() => reader.nodes(soon()).then(() => 'answered', String), { timeout: 8_000 })
      .toContain('grant the verb "watch" on "nodes"')
  })

  it('waits for the first list no longer than it may', async () => {
    const reader = await watching(nodes(() => undefined))
    await expect(reader.nodes(AbortSignal.timeout(50))).rejects.toThrow(
      'cannot list nodes: the cluster has not answered yet',
    )
  })
})

it('stops with no connection left open', async () => {
  const reader = await watching(nodes(listing('a')))
  await nodeNames(reader)
  await kubernetes.stop()
  await sleep(50)
  expect(api.connections().open).toBe(0)
})
