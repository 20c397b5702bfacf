import { afterEach, describe, expect, it } from 'vitest'
import { createClient, type KubernetesClient } from '../../../src/adapters/kubernetes/client.ts'
import { createObjectReader } from '../../../src/adapters/kubernetes/objects.ts'
import { podLoad } from '../../../src/adapters/kubernetes/room.ts'
import { createWideReader } from '../../../src/adapters/kubernetes/wide.ts'
import { type FakeApi, type Handler, listOf, refuse, sendJson, startFakeApi } from './fake-api.ts'

let api: FakeApi
let client: KubernetesClient
afterEach(async () => {
  await client.close()
  await api.stop()
})

async function connected(handler: Handler): Promise<KubernetesClient> {
  api = await startFakeApi(handler)
  client = createClient({ kind: 'file', path: api.kubeconfig })
  return client
}

const soon = () => AbortSignal.timeout(5_000)
const raw = (name: string, more: object = {}) => ({
  metadata: { name, namespace: 'bakery-ia', uid: `uid-${name}`, resourceVersion: '7' },
  ...more,
})
const deployment = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service' } as const

describe('an object', () => {
  it('is given with everything that is in it, known or not', async () => {
    const reader = createObjectReader(
      await connected((_url, response) => sendJson(response, raw('x', { new: [null] }))),
    )
    expect(await reader.get(deployment, soon())).toEqual({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', new: [null] },
      ...raw('x'),
    })
    expect(api.asked).toEqual(['/apis/apps/v1/namespaces/bakery-ia/deployments/orders-service'])
  })

  it('of a name that is a path stays in its place', async () => {
    const reader = createObjectReader(await connected((_url, response) => refuse(response, 404, 'not found')))
    await reader.get({ ...deployment, name: '../secrets/x?y' }, soon())
    expect(api.asked).toEqual(['/apis/apps/v1/namespaces/bakery-ia/deployments/..%2Fsecrets%2Fx%3Fy'])
  })

  it('is null when it is not there, and when its kind is not installed', async () => {
    const reader = createObjectReader(
      await connected((url, response) => {
        if (url.pathname.includes('kustomize')) response.writeHead(404).end('404 page not found\n')
        else refuse(response, 404, 'deployments.apps "orders-service" not found')
      }),
    )
    expect(await reader.get(deployment, soon())).toBeNull()
    const custom = { kind: 'Kustomization', namespace: 'flux-system', name: 'x' } as const
    expect(await reader.get(custom, soon())).toBeNull()
    expect(await reader.list({ kind: 'Kustomization', namespace: 'flux-system' }, soon())).toEqual([])
  })

  it('is never made up: what cannot be asked or read is an error', async () => {
    let answer: Handler = (_url, response) => refuse(response, 403, 'forbidden')
    const reader = createObjectReader(await connected((...all) => answer(...all)))
    await expect(reader.get(deployment, soon())).rejects.toThrow(/grant the verb "get" on "deployments.apps"/)
    answer = (_url, response) => sendJson(response, { metadata: { name: 'x' } })
    await expect(reader.get(deployment, soon())).rejects.toThrow(/the answer is not an object of Kubernetes$/)
  })
})

describe('a list of objects', () => {
  it('has all pages, by name, each with its kind', async () => {
    const reader = createObjectReader(
      await connected((url, response) => {
        const next = url.searchParams.get('continue') === null
        sendJson(
          response,
          next ? listOf([raw('b')], { continue: 'more' }) : listOf([raw('a'), { metadata: {} }]),
        )
      }),
    )
    const found = await reader.list({ kind: 'Pod', namespace: 'bakery-ia', labels: 'app=x,!y' }, soon())
    expect(found.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Pod a', 'Pod b'])
    expect(api.asked[0]).toBe('/api/v1/namespaces/bakery-ia/pods?limit=250&labelSelector=app%3Dx%2C%21y')
  })
})

describe('pods of the whole cluster', () => {
  const pod = raw('p', { spec: { nodeName: 'node-1', containers: [] }, status: { phase: 'Running' } })
  const request = { kind: 'Pod', project: podLoad, fieldSelector: 'spec.nodeName=node-1' } as const

  it('are read where that is allowed', async () => {
    const wide = createWideReader(
      await connected((_url, response) => sendJson(response, listOf([pod]))),
      'bakery-ia',
    )
    expect(await wide.list(request, soon())).toEqual({
      items: [{ node: 'node-1', requests: {} }],
      everywhere: true,
    })
    expect(api.asked).toEqual(['/api/v1/pods?limit=250&fieldSelector=spec.nodeName%3Dnode-1'])
  })

  it('are the platform’s where it is not, and that is not asked each time', async () => {
    const wide = createWideReader(
      await connected((url, response) =>
        url.pathname === '/api/v1/pods' ? refuse(response, 403, 'no') : sendJson(response, listOf([pod])),
      ),
      'bakery-ia',
    )
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await wide.list(request, soon())).toMatchObject({
        everywhere: false,
        items: [{ node: 'node-1' }],
      })
    }
    expect(api.asked.filter((path) => path.startsWith('/api/v1/pods?'))).toHaveLength(1)
  })

  it('are not taken for none when the API server fails', async () => {
    const wide = createWideReader(
      await connected((_url, response) => refuse(response, 500, 'no')),
      'bakery-ia',
    )
    await expect(wide.list(request, soon())).rejects.toThrow(/answered 500/)
  })
})
