import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { mapBounded } from '../../../src/adapters/kubernetes/bounded.ts'
import { createKubernetes } from '../../../src/adapters/kubernetes/kubernetes.ts'
import { linesOf } from '../../../src/adapters/kubernetes/lines.ts'
import { stamped } from '../../../src/adapters/kubernetes/log-lines.ts'
import type { LogRequest, LogResult } from '../../../src/core/ports/cluster.ts'
import { type FakeApi, listOf, refuse, sendJson, startFakeApi } from './fake-api.ts'
import { container, metadata } from './raw-objects.ts'

let api: FakeApi
afterEach(() => api?.stop())

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
const line = (seconds: number, text: string) =>
  `${ago(seconds).toISOString().replace('Z', '000000Z')} ${text}\n`

interface Given {
  readonly createdAgo?: number
  readonly pods?: readonly string[]
  readonly state?: Record<string, unknown>
  readonly last?: object
  /** Names of init containers that have completed. */
  readonly init?: readonly string[]
  /** The log never ends. */
  readonly hangs?: boolean
  /** The log, as the kubelet gives it; null: as if the pod were gone. */
  readonly log: (query: URLSearchParams, pod: string) => string | Buffer | null
}

/** Reads the logs of a workload whose pods and logs are as given. */
async function read(given: Given, request: Partial<LogRequest> = {}): Promise<LogResult> {
  const {
    pods = ['orders-1'],
    state = { running: {} },
    last = {},
    init = [],
    hangs = false,
    createdAgo = 7200,
  } = given
  api = await startFakeApi((url, response) => {
    const pod = /\/pods\/([^/]+)\/log$/.exec(url.pathname)?.[1]
    if (pod === undefined) return sendJson(response, listOf(pods.map(asPod)))
    answerLog(response, given.log(url.searchParams, pod), hangs && !isFirst(url.searchParams))
  })
  const asPod = (name: string) => ({
    metadata: metadata({ name, uid: name, creationTimestamp: ago(createdAgo).toISOString() }),
    spec: { initContainers: init.map((one) => ({ name: one })), containers: [{ name: 'main' }] },
    status: {
      initContainerStatuses: init.map((one) => container({ terminated: {} }, { name: one })),
      containerStatuses: [container(state, { lastState: last })],
    },
  })
  const log = { warn: () => undefined }
  const kubernetes = createKubernetes({
    kubeconfigPath: api.kubeconfig,
    namespace: 'bakery-ia',
    ...{ log, mode: 'once' },
  })!
  const asked = { workload: 'orders-service', sinceSeconds: 3600, previous: false, tail: 100, ...request }
  try {
    return await kubernetes.logs.read(asked, AbortSignal.timeout(hangs ? 200 : 5_000))
  } finally {
    await kubernetes.stop()
  }
}

function answerLog(response: ServerResponse, log: string | Buffer | null, hangs: boolean): void {
  if (log === null) refuse(response, 404, 'pods "orders-1" not found')
  else if (hangs) response.writeHead(200).write(log)
  else response.writeHead(200).end(log)
}

const isFirst = (query: URLSearchParams) => query.has('limitBytes')

describe('the logs of a workload', () => {
  it('are merged over its pods by time', async () => {
    const { lines } = await read({
      pods: ['orders-1', 'orders-2'],
      log: (_query, pod) => (pod === 'orders-1' ? line(30, 'a') + line(10, 'c') : line(20, 'b')),
    })
    expect(lines.map(({ pod, text }) => [pod, text])).toEqual([
      ['orders-1', 'a'],
      ['orders-2', 'b'],
      ['orders-1', 'c'],
    ])
  })

  it('of a pod that vanished are a problem of that pod alone', async () => {
    const { lines, covered } = await read({
      pods: ['orders-1', 'orders-2'],
      log: (_query, pod) => (pod === 'orders-1' ? null : line(5, 'alive')),
    })
    expect(lines.map(({ text }) => text)).toEqual(['alive'])
    expect(covered.map(({ pod, problem }) => [pod, problem])).toEqual([
      ['orders-1', 'the pod is gone'],
      ['orders-2', null],
    ])
  })

  it('are of every container, the init containers too, unless one is named', async () => {
    const given = {
      init: ['migrate'],
      log: (query: URLSearchParams) => line(5, `of ${query.get('container')}`),
    }
    const all = await read(given)
    expect(all.lines.map(({ text }) => text).toSorted()).toEqual(['of main', 'of migrate'])
    await api.stop()
    const one = await read(given, { container: 'migrate' })
    expect(one.covered.map(({ container: name }) => name)).toEqual(['migrate'])
  })

  it('of the life before are asked for where there was one, and left out for init containers without', async () => {
    const { lines, covered } = await read(
      {
        init: ['migrate'],
        last: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(60).toISOString() } },
        log: (query) => line(70, `previous=${query.get('previous')}`),
      },
      { previous: true },
    )
    expect(lines.map(({ text }) => text)).toEqual(['previous=true'])
    expect(covered).toMatchObject([{ container: 'main', to: lines[0]?.at, problem: null }])
  })

  it('that the kubelet cannot find are a problem, although it answers 200', async () => {
    const said = 'unable to retrieve container logs for containerd://5e1f'
    const { covered } = await read({ log: () => said })
    expect(covered[0]?.problem).toBe(said)
  })

  it('that stop coming keep what came, and say so', async () => {
    const { lines, covered } = await read({ hangs: true, log: () => line(5, 'before it hung') })
    expect(lines.map(({ text }) => text)).toEqual(['before it hung'])
    expect(covered[0]?.problem).toBe('reading stopped after 1 lines: no time was left')
  })
})

describe('the span that a log covers', () => {
  it('is all that was asked for when the kubelet keeps more', async () => {
    const { covered } = await read({
      log: (query) => (isFirst(query) ? line(7000, 'start') : line(60, 'recent')),
    })
    const [span] = covered
    expect(Math.round((span!.to!.getTime() - span!.from!.getTime()) / 1000)).toBe(3600)
    expect(span?.truncated).toBe(false)
  })

  it('is all that was asked for even when nothing was written in it', async () => {
    const { lines, covered } = await read({ log: (query) => (isFirst(query) ? line(7000, 'start') : '') })
    expect(lines).toEqual([])
    expect(Math.round((covered[0]!.to!.getTime() - covered[0]!.from!.getTime()) / 1000)).toBe(3600)
  })

  it('begins at the first of the newest lines when their number is the limit', async () => {
    const { covered, lines } = await read(
      { log: (query) => (isFirst(query) ? line(3000, 'start') : line(20, 'a') + line(10, 'b')) },
      { tail: 2 },
    )
    expect(covered[0]).toMatchObject({ from: lines[0]?.at, truncated: true })
  })

  it('is cut where the kubelet rotated the beginning away', async () => {
    const kept = line(600, 'first kept')
    const { covered, lines } = await read({ createdAgo: 86_400, log: () => kept })
    expect(covered[0]).toMatchObject({ from: lines[0]?.at, truncated: true })
  })

  it('begins with a container that is younger than what was asked for, and nothing is missing', async () => {
    const { covered } = await read({ createdAgo: 605, log: () => line(600, 'started') })
    expect(covered[0]?.truncated).toBe(false)
  })

  it('ends with the last line of a container that has ended', async () => {
    const { covered, lines } = await read({
      state: { terminated: {} },
      log: () => line(60, 'a') + line(50, 'bye'),
    })
    expect(covered[0]?.to).toEqual(lines[1]?.at)
  })

  it('is nothing where there is no log', async () => {
    const { covered } = await read({ log: () => '' })
    expect(covered[0]).toMatchObject({ from: null, to: null, truncated: false, problem: null })
  })
})

describe('what a log can hold', () => {
  it('survives bytes that are no text', async () => {
    const garbage = Buffer.concat([
      Buffer.from(line(5, 'x').trimEnd()),
      Buffer.from([0xff, 0x00, 0xfe, 0x0a]),
    ])
    const { lines } = await read({ log: () => garbage })
    expect(lines[0]?.text).toBe('x\uFFFD\u0000\uFFFD')
  })

  it('cuts a line that has no end', async () => {
    const { lines } = await read({ log: () => line(5, 'y'.repeat(5_000_000)) + line(4, 'after') })
    expect(lines.map(({ text }) => text.length)).toEqual([32_768 + ' … [line cut]'.length, 5])
  })

  it('keeps the newest lines when there are too many characters', async () => {
    const many = Array.from({ length: 700 }, (_, index) =>
      line(700 - index, `${index} ${'z'.repeat(30_000)}`),
    )
    const { lines, covered } = await read({ log: () => many.join('') }, { tail: 10_000 })
    expect(lines.at(-1)?.text.startsWith('699 ')).toBe(true)
    expect(lines.length).toBeLessThan(700)
    expect(covered[0]?.truncated).toBe(true)
  })

  it('is split the same, however the bytes arrive', async () => {
    const chunked = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(chunked, async (chunks) => {
        const whole = new TextDecoder().decode(Buffer.concat(chunks))
        const expected = whole.split('\n')
        if (expected.at(-1) === '') expected.pop()
        const found: string[] = []
        for await (const one of linesOf(arriving(chunks), 10_000)) found.push(one)
        expect(found).toEqual(expected)
      }),
    )
  })

  it('is never taken for a timestamp that it is not', () => {
    expect(stamped('2026-11-23T05:00:00.123456789Z hello')).toEqual({
      at: new Date('2026-11-23T05:00:00.123Z'),
      text: 'hello',
    })
    expect(stamped('2026-99-99T99:99:99Z x').at).toBeNull()
    expect(stamped('1 x').at).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => stamped(text).text.length <= text.length))
  })
})

async function* arriving(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

it('reads no more logs at the same time than it may', async () => {
  let open = 0
  let most = 0
  const results = await mapBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    open += 1
    most = Math.max(most, open)
    await new Promise((next) => setImmediate(next))
    open -= 1
    return item * 2
  })
  expect(results).toEqual([2, 4, 6, 8, 10, 12, 14])
  expect(most).toBe(3)
})
