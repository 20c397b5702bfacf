import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient, type KubernetesClient } from '../../../src/adapters/kubernetes/client.ts'
import type { ApiRequest } from '../../../src/adapters/kubernetes/exchange.ts'
import { createKubernetes } from '../../../src/adapters/kubernetes/kubernetes.ts'
import { DependencyError } from '../../../src/core/errors.ts'
import {
  type FakeApi,
  type Handler,
  kubeconfigFor,
  refuse,
  sendJson,
  startFakeApi,
  TOKEN,
} from './fake-api.ts'

let api: FakeApi
let client: KubernetesClient

afterEach(async () => {
  await client?.close()
  await api?.stop()
})

async function connected(handler: Handler): Promise<KubernetesClient> {
  api = await startFakeApi(handler)
  client = createClient({ kind: 'file', path: api.kubeconfig })
  return client
}

const pods: ApiRequest = {
  operation: { verb: 'list', resource: 'pods', group: '', namespace: 'bakery-ia' },
  path: '/api/v1/namespaces/bakery-ia/pods',
}
const metrics: ApiRequest = {
  operation: { verb: 'list', resource: 'nodes', group: 'metrics.k8s.io', namespace: null },
  path: '/apis/metrics.k8s.io/v1beta1/nodes',
}
const soon = () => AbortSignal.timeout(5_000)

async function failureOf(request: ApiRequest, handler: Handler): Promise<DependencyError> {
  const asked = await connected(handler)
  return asked.json(request, soon()).then(
    () => expect.unreachable(),
    (error) => error as DependencyError,
  )
}

describe('a request', () => {
  it('carries the token and the name of the program', async () => {
    const headers: unknown[] = []
    const asked = await connected((_url, response, request) => {
      headers.push(request.headers.authorization, request.headers['user-agent'])
      sendJson(response, { items: [] })
    })
    expect(await asked.json(pods, soon())).toEqual({ items: [] })
    expect(headers).toEqual([`Bearer ${TOKEN}`, 'bakery'])
  })

  it('uses the connections of those before', async () => {
    const asked = await connected((_url, response) => sendJson(response, {}))
    for (let turn = 0; turn < 20; turn += 1) await asked.json(pods, soon())
    expect(api.connections().opened).toBeLessThanOrEqual(2)
  })
})

describe('a request that fails', () => {
  const status =
    (code: number, message: string): Handler =>
    (_url, response) =>
      refuse(response, code, message)
  const plain =
    (code: number, text: string): Handler =>
    (_url, response) =>
      response.writeHead(code, { 'content-type': 'text/plain' }).end(text)

  it.each<[string, ApiRequest, Handler, string, boolean]>([
    [
      '401',
      pods,
      status(401, 'Unauthorized'),
      "Bakery's token is not accepted (401): it is wrong or has expired",
      false,
    ],
    [
      '403',
      pods,
      status(403, 'pods is forbidden'),
      'not permitted (403): grant the verb "list" on "pods" to Bakery\'s account',
      false,
    ],
    [
      '404 with a Status',
      pods,
      status(404, 'pods "none" not found'),
      'there is no such thing (404): pods "none" not found',
      false,
    ],
    [
      '404 without one',
      pods,
      plain(404, '404 page not found\n'),
      'the API server does not know "pods" (404): its API group or CRD is not installed',
      false,
    ],
    [
      'no metrics-server',
      metrics,
      plain(404, '404 page not found\n'),
      'metrics-server is not installed (404)',
      false,
    ],
    [
      'metrics-server down',
      metrics,
      plain(503, 'service unavailable\n'),
      'metrics-server does not answer (503)',
      true,
    ],
    ['429', pods, plain(429, 'too many'), 'the API server asks for fewer requests (429)', true],
    ['500', pods, status(500, 'etcd is gone'), 'the API server answered 500: etcd is gone', true],
    ['no JSON', pods, plain(200, '<html>'), 'the answer is not JSON', true],
    ['a cut connection', pods, (_url, response) => response.destroy(), 'the connection was cut', true],
  ])('with %s says so in a sentence', async (_what, request, handler, why, retryable) => {
    const error = await failureOf(request, handler)
    expect(error).toBeInstanceOf(DependencyError)
    expect(error.message).toMatch(/^cannot list (pods in bakery-ia|nodes) at 127\.0\.0\.1:\d+: /)
    expect(error.message.endsWith(`: ${why}`)).toBe(true)
    expect(error.retryable).toBe(retryable)
  })

  it('because nothing came in time says so', async () => {
    const error = await failureOf({ ...pods, timeoutMs: 50 }, () => undefined)
    expect(error.message).toMatch(/no answer came in time$/)
  })

  it('because the answer stopped in the middle says so', async () => {
    const stall = (_url: URL, response: ServerResponse) => void response.writeHead(200).write('{"items":[')
    expect((await failureOf({ ...pods, timeoutMs: 100 }, stall)).message).toMatch(/no answer came in time$/)
  })

  it('because nobody listens says so', async () => {
    const unused = await new Promise<number>((port) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address()
        server.close(() => port(typeof address === 'object' && address !== null ? address.port : 0))
      })
    })
    api = await startFakeApi(() => undefined)
    writeFileSync(api.kubeconfig, kubeconfigFor(`http://127.0.0.1:${unused}`))
    client = createClient({ kind: 'file', path: api.kubeconfig })
    await expect(client.json(pods, soon())).rejects.toThrow(
      `cannot list pods in bakery-ia at 127.0.0.1:${unused}: the connection was refused: no API server listens there`,
    )
  })

  it('never says the token, not in its causes either', async () => {
    const echo: Handler = (_url, response) => refuse(response, 403, 'no')
    const error = await failureOf(pods, echo)
    const everything = (one: unknown): string =>
      one instanceof Error ? `${one.stack} ${JSON.stringify(one)} ${everything(one.cause)}` : String(one)
    expect(everything(error)).not.toContain(TOKEN)
  })
})

describe('a kubeconfig', () => {
  const log = { warn: () => undefined }
  const reading = (path: string) =>
    createKubernetes({ kubeconfigPath: path, namespace: 'bakery-ia', log, mode: 'once' })!.reader.pods(soon())

  it('that is not there is named, without the folders of this machine', async () => {
    await expect(reading('/nowhere/at/all.yaml')).rejects.toThrow(
      'the cluster cannot be asked, because the kubeconfig all.yaml cannot be used: there is no such file',
    )
  })

  it.each([
    ['is no YAML', '{', 'it is not a kubeconfig'],
    ['names no cluster', '{}', 'its current context names no cluster'],
    [
      'would send the token in the open',
      kubeconfigFor('http://127.0.0.1:1').replace(',"insecure-skip-tls-verify":true', ''),
      'plain HTTP would give its token away (insecure-skip-tls-verify allows it)',
    ],
  ])('that %s is refused', async (_what, text, why) => {
    api = await startFakeApi(() => undefined)
    writeFileSync(api.kubeconfig, text)
    await expect(reading(api.kubeconfig)).rejects.toThrow(why)
  })

  it('is read again until it can be used', async () => {
    api = await startFakeApi((_url, response) => sendJson(response, { items: [] }))
    writeFileSync(api.kubeconfig, '{')
    client = createClient({ kind: 'file', path: api.kubeconfig })
    await expect(client.json(pods, soon())).rejects.toThrow('it is not a kubeconfig')
    writeFileSync(api.kubeconfig, kubeconfigFor(`http://127.0.0.1:${api.port}`))
    expect(await client.json(pods, soon())).toEqual({ items: [] })
  })

  it('that is not given, outside a cluster, means that there is no cluster to ask', () => {
    expect(createKubernetes({ kubeconfigPath: null, namespace: 'bakery-ia', log })).toBeNull()
  })
})
