import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient, type KubernetesClient } from '../../../src/adapters/kubernetes/client.ts'
import { createObjectRehearser, createObjectWriter } from '../../../src/adapters/kubernetes/writer.ts'
import { WriteFailure, type WriteRequest } from '../../../src/core/ports/objects.ts'
import { makeCertificates } from '../../support/certificates.ts'
import { type FakeApi, type Handler, kubeconfigFor, sendJson, startFakeApi, TOKEN } from './fake-api.ts'

const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service', uid: 'uid-1' } as const
const test = [
  { op: 'test', path: '/metadata/uid', value: 'uid-1' },
  { op: 'test', path: '/metadata/resourceVersion', value: '41' },
] as const
const patch: WriteRequest = {
  ...{ verb: 'patch', ref },
  patch: { format: 'json', operations: [...test, { op: 'replace', path: '/spec/replicas', value: 3 }] },
}
const pod = { kind: 'Pod', namespace: 'bakery-ia', name: 'orders-1', uid: 'uid-p' } as const
const patched = {
  metadata: { name: 'orders-service', uid: 'uid-1', resourceVersion: '42' },
  spec: { replicas: 3 },
}
const soon = () => AbortSignal.timeout(8_000)

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function clientOf(path: string): KubernetesClient {
  const client = createClient({ kind: 'file', path })
  closing.push(() => client.close())
  return client
}

async function writerTo(handler: Handler, timeoutMs = 5_000) {
  const api = await startFakeApi(handler)
  closing.push(() => api.stop())
  const client = clientOf(api.kubeconfig)
  return {
    api,
    writer: createObjectWriter({ client, timeoutMs }),
    rehearser: createObjectRehearser({ client }),
  }
}

async function failureOf(writing: Promise<unknown>): Promise<WriteFailure> {
  return writing.then(
    () => expect.unreachable(),
    (error) => {
      expect(error).toBeInstanceOf(WriteFailure)
      return error
    },
  )
}

interface Heard {
  readonly method: string
  readonly url: string
  readonly type: string | undefined
  readonly agent: string | undefined
  readonly body: unknown
}

/** Answers everything, and keeps what it was sent. */
function listening(heard: Heard[], answer: unknown, status = 200): Handler {
  return (_url, response, request) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { 'content-type': type, 'user-agent': agent } = request.headers
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
      heard.push({ method: request.method ?? '', url: request.url ?? '', type, agent, body })
      response.setHeader('audit-id', 'audit-7')
      sendJson(response, answer, status)
    })
  }
}

describe('a write', () => {
  it('is sent once, with its preconditions, as bakery, and gives the API server’s own id back', async () => {
    const heard: Heard[] = []
    const { writer } = await writerTo(listening(heard, patched))
    const written = await writer.write(patch, soon())
    expect(written).toMatchObject({
      auditId: 'audit-7',
      object: { kind: 'Deployment', spec: { replicas: 3 } },
    })
    expect(heard).toEqual([
      {
        ...{ method: 'PATCH', type: 'application/json-patch+json', agent: 'bakery' },
        url: '/apis/apps/v1/namespaces/bakery-ia/deployments/orders-service?fieldManager=bakery',
        body: [...test, { op: 'replace', path: '/spec/replicas', value: 3 }],
      },
    ])
  })

  it.each<[string, WriteRequest, Partial<Heard>]>([
    [
      'a merge patch',
      { verb: 'patch', ref, patch: { format: 'merge', body: { metadata: { uid: 'uid-1' }, spec: {} } } },
      {
        method: 'PATCH',
        type: 'application/merge-patch+json',
        body: { metadata: { uid: 'uid-1' }, spec: {} },
      },
    ],
    [
      'a strategic patch',
      { verb: 'patch', ref, patch: { format: 'strategic', text: '{"metadata":{"uid":"uid-1"}}' } },
      {
        method: 'PATCH',
        type: 'application/strategic-merge-patch+json',
        body: { metadata: { uid: 'uid-1' } },
      },
    ],
    [
      'a deletion',
      { verb: 'delete', ref: pod, resourceVersion: '8' },
      {
        ...{ method: 'DELETE', url: '/api/v1/namespaces/bakery-ia/pods/orders-1' },
        body: {
          ...{ apiVersion: 'v1', kind: 'DeleteOptions' },
          preconditions: { uid: 'uid-p', resourceVersion: '8' },
        },
      },
    ],
    [
      'an eviction',
      { verb: 'evict', ref: pod },
      {
        ...{ method: 'POST', url: '/api/v1/namespaces/bakery-ia/pods/orders-1/eviction?fieldManager=bakery' },
        body: {
          ...{ apiVersion: 'policy/v1', kind: 'Eviction' },
          metadata: { name: 'orders-1', namespace: 'bakery-ia' },
          deleteOptions: { preconditions: { uid: 'uid-p' } },
        },
      },
    ],
  ])('that is %s says which object it means', async (_what, request, expected) => {
    const heard: Heard[] = []
    const { writer } = await writerTo(listening(heard, patched))
    await writer.write(request, soon())
    expect(heard).toMatchObject([expected])
  })

  it.each<[string, WriteRequest]>([
    ['of another UID', { ...patch, ref: { ...ref, uid: 'uid-2' } }],
    ['of none', { verb: 'patch', ref, patch: { format: 'merge', body: { spec: { replicas: 0 } } } }],
    ['that is no JSON', { verb: 'patch', ref, patch: { format: 'strategic', text: '{' } }],
  ])('by a patch %s is not sent at all', async (_what, request) => {
    const heard: Heard[] = []
    const { writer } = await writerTo(listening(heard, patched))
    expect((await failureOf(writer.write(request, soon()))).kind).toBe('unsent')
    expect(heard).toEqual([])
  })
})

describe('a rehearsal', () => {
  it('says that it is one, in every way of writing', async () => {
    const heard: Heard[] = []
    const { rehearser } = await writerTo(listening(heard, patched))
    expect(await rehearser.rehearse(patch, soon())).toMatchObject({ spec: { replicas: 3 } })
    expect(await rehearser.rehearse({ verb: 'delete', ref: pod }, soon())).toBeNull()
    expect(await rehearser.rehearse({ verb: 'evict', ref: pod }, soon())).toBeNull()
    const trials = heard.map(
      ({ url, body }) => url.includes('dryRun=All') || JSON.stringify(body).includes('"dryRun":["All"]'),
    )
    expect(trials).toEqual([true, true, true])
  })
})

describe('an answer that is a refusal', () => {
  const status =
    (code: number, more: object): Handler =>
    (_url, response) => {
      response.setHeader('audit-id', 'audit-9')
      sendJson(response, { kind: 'Status', status: 'Failure', code, ...more }, code)
    }

  it.each<[string, WriteRequest, Handler, WriteFailure['kind'], RegExp]>([
    [
      'a stale version',
      patch,
      status(409, { reason: 'Conflict', message: 'modified' }),
      'conflict',
      /^Deployment\/orders-service is not as it was .* Nothing was changed\.$/,
    ],
    [
      'a failed test of a JSON patch',
      patch,
      status(422, {
        reason: 'Invalid',
        message: 'the server rejected our request due to an error in our request',
      }),
      ...(['conflict', /is not as it was/] as const),
    ],
    [
      'an invalid value',
      patch,
      status(422, { reason: 'Invalid', message: 'spec.replicas: Invalid value: -1' }),
      ...([
        'refused',
        /refuses to patch Deployment\/orders-service \(422\): spec.replicas: Invalid value: -1\. Nothing was changed\.$/,
      ] as const),
    ],
    [
      'no right',
      patch,
      status(403, { reason: 'Forbidden', message: 'User "x" cannot patch resource "deployments"' }),
      'refused',
      /cannot patch resource "deployments"/,
    ],
    [
      'no object',
      patch,
      status(404, { reason: 'NotFound', message: 'not found' }),
      'absent',
      /^There is no Deployment\/orders-service\. Nothing was changed\.$/,
    ],
    ['a bad token', patch, status(401, { message: 'Unauthorized' }), 'refused', /\(401\)/],
    [
      'a disruption budget',
      { verb: 'evict', ref: pod },
      status(429, {
        ...{
          reason: 'TooManyRequests',
          message: "Cannot evict pod as it would violate the pod's disruption budget.",
        },
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget orders needs 2 healthy pods and has 2 currently',
            },
          ],
        },
      }),
      ...([
        'refused',
        /violate the pod's disruption budget\. The disruption budget orders needs 2 healthy pods and has 2 currently\. Nothing/,
      ] as const),
    ],
    [
      'two budgets',
      { verb: 'evict', ref: pod },
      status(500, {
        message:
          'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      }),
      ...(['refused', /more than one PodDisruptionBudget/] as const),
    ],
    [
      'a failure of its own',
      patch,
      status(500, { message: 'etcdserver: request timed out' }),
      'unknown',
      /^It is not known whether Deployment\/orders-service was changed/,
    ],
    ['a gateway that gave up', patch, status(504, { message: 'timed out' }), 'unknown', /not known/],
    ['something between that gave up', patch, status(408, {}), 'unknown', /not known/],
    ['a redirection', patch, status(302, {}), 'unknown', /not known/],
  ])('for %s says exactly whether something was written', async (_what, request, handler, kind, says) => {
    const { writer, api } = await writerTo(handler)
    const failure = await failureOf(writer.write(request, soon()))
    expect(failure).toMatchObject({ kind, auditId: 'audit-9' })
    expect(failure.message).toMatch(says)
    expect(api.asked).toHaveLength(1)
  })

  it('carries when to ask again, and shows no secret that somebody wrote into it', async () => {
    const { writer } = await writerTo((_url, response) => {
      response.setHeader('retry-after', '10')
      sendJson(response, { message: 'denied: password=hunter2secret \u001b[31m\u202e' }, 429)
    })
    const failure = await failureOf(writer.write(patch, soon()))
    expect(failure.retryAfterSeconds).toBe(10)
    expect(failure.message).not.toMatch(/hunter2secret|\u001b|\u202e/)
  })
})

/** A server that does with each connection what the test says. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

let configs = 0
function writerAt(server: string, more: Record<string, unknown> = {}, timeoutMs = 5_000) {
  const path = join(tmpdir(), `bakery-writer-${process.pid}-${configs++}.json`)
  const config = JSON.parse(kubeconfigFor(server))
  Object.assign(config.clusters[0].cluster, more)
  writeFileSync(path, JSON.stringify(config))
  closing.push(() => rm(path, { force: true }))
  return createObjectWriter({ client: clientOf(path), timeoutMs })
}

describe('a write that nobody answers', () => {
  it('was not sent when nobody listens', async () => {
    const { server, port } = await rawServer(() => undefined)
    await new Promise((closed) => server.close(closed))
    const failure = await failureOf(writerAt(`http://127.0.0.1:${port}`).write(patch, soon()))
    expect(failure).toMatchObject({ kind: 'unsent', status: null, auditId: null })
    expect(failure.message).toMatch(
      /^Nothing was sent, so Deployment\/orders-service was not changed: .* refused: no API server listens there\.$/,
    )
  })

  it('was not sent when the host has no name', async () => {
    const failure = await failureOf(writerAt('http://nobody.invalid:1').write(patch, soon()))
    expect(failure.kind).toBe('unsent')
  })

  it('was not sent when the server is not who it says', async () => {
    const certificates = await makeCertificates(['IP:127.0.0.1'])
    closing.push(() => rm(certificates.folder, { recursive: true, force: true }))
    const heard: Buffer[] = []
    const server = createTlsServer(
      { key: readFileSync(certificates.keyFile), cert: readFileSync(certificates.certificateFile) },
      (socket) => void socket.on('error', () => undefined).on('data', (chunk) => heard.push(chunk)),
    )
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    closing.push(async () => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const failure = await failureOf(
      writerAt(`https://127.0.0.1:${port}`, { 'insecure-skip-tls-verify': false }).write(patch, soon()),
    )
    expect(failure.kind).toBe('unsent')
    expect(failure.message).toMatch(/certificate is not signed/)
    expect(Buffer.concat(heard).toString()).toBe('')
  })

  it('was not sent when the connection never came about, and the wait ends in time', async () => {
    const heard: Buffer[] = []
    const { port } = await rawServer((socket) => socket.on('data', (chunk) => heard.push(chunk)))
    const writer = writerAt(`https://127.0.0.1:${port}`, {}, 300)
    expect((await failureOf(writer.write(patch, soon()))).kind).toBe('unsent')
    expect(Buffer.concat(heard).toString('latin1')).not.toContain('PATCH')
  })

  it('was not sent when it was given up before', async () => {
    const { writer, api } = await writerTo((_url, response) => sendJson(response, patched))
    expect((await failureOf(writer.write(patch, AbortSignal.abort()))).kind).toBe('unsent')
    expect(api.asked).toEqual([])
  })

  it('was not sent when there is no kubeconfig', async () => {
    const writer = createObjectWriter({ client: clientOf('/nowhere/at/all.yaml') })
    const failure = await failureOf(writer.write(patch, soon()))
    expect(failure).toMatchObject({ kind: 'unsent' })
    expect(failure.message).toMatch(/there is no such file/)
  })

  it.each<[string, (socket: Socket) => void]>([
    ['as soon as it is open', (socket) => socket.destroy()],
    ['when the request has come', (socket) => socket.once('data', () => socket.destroy())],
    ['with a reset', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['in the middle of the status line', (socket) => socket.once('data', () => socket.end('HTTP/1.1 20'))],
    [
      'in the middle of the headers',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nAudit-')),
    ],
    [
      'after something that is no HTTP',
      (socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')),
    ],
  ])('may have been written when the connection is cut %s', async (_when, onConnection) => {
    let connections = 0
    const { port } = await rawServer((socket) => {
      connections += 1
      onConnection(socket)
    })
    const failure = await failureOf(writerAt(`http://127.0.0.1:${port}`).write(patch, soon()))
    expect(failure).toMatchObject({ kind: 'unknown', auditId: null })
    expect(failure.message).toMatch(/^It is not known whether Deployment\/orders-service was changed: /)
    expect(connections).toBe(1)
  })

  it('may have been written when no answer comes in time', async () => {
    const { writer, api } = await writerTo(() => undefined, 200)
    const failure = await failureOf(writer.write(patch, soon()))
    expect(failure).toMatchObject({ kind: 'unknown' })
    expect(failure.message).toMatch(/no answer came in time/)
    expect(api.asked).toHaveLength(1)
  })

  it('may have been written when it is given up after it was sent', async () => {
    const giveUp = new AbortController()
    const { writer } = await writerTo(() => giveUp.abort())
    expect((await failureOf(writer.write(patch, giveUp.signal))).kind).toBe('unknown')
  })

  it.each<[string, string]>([
    ['stops in the middle', '{"metadata":'],
    ['is empty', ''],
    ['is no object', '[]'],
  ])('may have been written, with its id, when the answer of success %s', async (_what, beginning) => {
    const head =
      'HTTP/1.1 200 OK\r\nAudit-Id: audit-3\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n'
    const { port } = await rawServer((socket) => socket.once('data', () => socket.end(`${head}${beginning}`)))
    const failure = await failureOf(writerAt(`http://127.0.0.1:${port}`).write(patch, soon()))
    expect(failure).toMatchObject({ kind: 'unknown', status: 200, auditId: 'audit-3' })
  })

  it('is not sent a second time over a connection that the server let go of', async () => {
    let api: FakeApi | null = null
    let heard = 0
    const made = await writerTo((_url, response) => {
      heard += 1
      sendJson(response, patched)
    })
    api = made.api
    for (let turn = 0; turn < 20; turn += 1) {
      const before = heard
      const outcome = await made.writer.write(patch, soon()).then(
        () => 'written',
        (error: WriteFailure) => error.kind,
      )
      expect(heard - before).toBeLessThanOrEqual(1)
      if (outcome === 'unsent') expect(heard).toBe(before)
      if (turn % 2 === 0) api.cut()
    }
  })

  it('never says the token', async () => {
    const { writer } = await writerTo((_url, response) => response.destroy())
    const failure = await failureOf(writer.write(patch, soon()))
    const everything = (one: unknown): string =>
      one instanceof Error ? `${one.stack} ${JSON.stringify(one)} ${everything(one.cause)}` : String(one)
    expect(everything(failure)).not.toContain(TOKEN)
  })
})
