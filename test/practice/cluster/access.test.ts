import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rulesOf } from '../../../practice/cluster/roles.ts'
import { startCluster } from '../../../practice/cluster/start.ts'
import { type Client, clientOf, eventually, namespace, refusal, startClient } from './client.ts'

const VIEWER = {
  name: 'system:serviceaccount:desk:viewer',
  token: 'viewer-token',
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], namespace }],
}
let client: Client
beforeAll(async () => {
  client = await startClient({ users: [VIEWER] })
})
afterAll(() => client.cluster.stop())

describe('access to the practice cluster', () => {
  it('is refused with 401 for a token that nobody has', async () => {
    const answer = await client.get('/api/v1/pods', 'wrong')
    expect([answer.status, await answer.json()]).toMatchObject([401, { message: 'Unauthorized', code: 401 }])
  })

  it('is refused with 403 in the words of RBAC for what no rule allows', async () => {
    const viewer = clientOf(client.cluster, VIEWER.name)
    const { items } = await viewer.core.listNamespacedPod({ namespace })
    expect(items.length).toBeGreaterThan(30)
    expect(await refusal(viewer.core.listNamespacedSecret({ namespace }))).toMatchObject({
      code: 403,
      status: {
        message: `secrets is forbidden: User "${VIEWER.name}" cannot list resource "secrets" in API group "" in the namespace "bakery-ia"`,
      },
    })
    const log = viewer.core.readNamespacedPodLog({ namespace, name: items[0]!.metadata!.name! })
    expect((await refusal(log)).status.message).toContain('cannot get resource "pods/log"')
    expect(await refusal(viewer.core.listPodForAllNamespaces())).toMatchObject({ code: 403 })
    expect((await client.get('/nothing', VIEWER.token)).status).toBe(403)
  })

  it('can be asked about beforehand', async () => {
    const ask = async (verb: string) => {
      const body = { spec: { resourceAttributes: { namespace, verb, resource: 'pods' } } }
      const answer = await fetch(
        `${client.cluster.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${VIEWER.token}` },
          body: JSON.stringify(body),
        },
      )
      return ((await answer.json()) as { status: unknown }).status
    }
    expect(await ask('list')).toEqual({ allowed: true })
    expect(await ask('delete')).toEqual({ allowed: false })
  })
})

describe('stopping the practice cluster', () => {
  it('ends open watches and frees the port for the next one', async () => {
    const first = await startClient()
    let ended = false
    await first.watch.watch(
      '/api/v1/pods',
      {},
      () => {},
      () => {
        ended = true
      },
    )
    await first.cluster.stop()
    await eventually(
      () => ended,
      (is) => is,
    )
    await expect(fetch(first.cluster.url)).rejects.toThrow()
    const second = await startCluster({ port: Number(new URL(first.cluster.url).port) })
    await second.stop()
  })
})

describe('what a service account may do', () => {
  const manifests = `
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
---
kind: RoleBinding
metadata: { name: any, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: bot, namespace: desk }]
---
kind: ClusterRole
metadata: { name: nodes }
rules: [{ apiGroups: [''], resources: [nodes], verbs: [list] }]
---
kind: ClusterRoleBinding
metadata: { name: other }
roleRef: { kind: ClusterRole, name: nodes }
subjects: [{ kind: ServiceAccount, name: bot, namespace: desk }, { kind: Group, name: all }]
`
  it('is read from the RBAC objects that bind it, each rule where it holds', () => {
    expect(rulesOf(manifests, { namespace: 'desk', name: 'bot' })).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get'], namespace: 'shop' },
      { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    ])
    expect(rulesOf(manifests, { namespace: 'desk', name: 'other' })).toEqual([])
  })
})
