import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, namespace, refusal, startClient } from './client.ts'

let client: Client
beforeAll(async () => {
  client = await startClient()
})
afterAll(() => client.cluster.stop())

describe('the practice cluster, asked by the real client', () => {
  it('says in its version that it is no real cluster', async () => {
    expect((await client.version.getCode()).gitVersion).toMatch(/-practice$/)
  })

  it('holds the platform of the guide: 18 services, 14 databases, all available', async () => {
    const { items } = await client.apps.listNamespacedDeployment({ namespace })
    const of = (component: string) =>
      items.filter(({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'] === component)
    expect([of('microservice').length, of('database').length, items.length]).toEqual([18, 14, 35])
    expect(items.filter(({ status, spec }) => status?.availableReplicas !== spec?.replicas)).toEqual([])
    expect(items[0]?.metadata?.creationTimestamp?.getTime()).toBeLessThan(Date.now() - 2 * 86_400_000)
  })

  it('gives custom resources with their status as they are', async () => {
    const at = { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', namespace: 'flux-system' }
    const found: unknown = await client.custom.getNamespacedCustomObject({
      ...at,
      plural: 'kustomizations',
      name: 'bakery-ia',
    })
    expect(found).toMatchObject({
      kind: 'Kustomization',
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    })
  })

  it('lists in pages that all show the same moment, whatever happens in between', async () => {
    const names: string[] = []
    let next: string | undefined
    let pages = 0
    do {
      const page = await client.core.listNamespacedPod({
        namespace,
        limit: 10,
        ...(next ? { _continue: next } : {}),
      })
      names.push(...page.items.map(({ metadata }) => metadata?.name ?? ''))
      next = page.metadata?._continue
      pages += 1
      if (pages === 2) client.cluster.deletePod(names[0]!)
    } while (next)
    expect(pages).toBe(4)
    expect(names).toHaveLength(37)
    expect(new Set(names).size).toBe(37)
    expect(names).toEqual(names.toSorted())
  })

  it('says how many are left, unless a selector would make that a guess', async () => {
    const { metadata } = await client.apps.listNamespacedDeployment({ namespace, limit: 5 })
    expect(metadata?.remainingItemCount).toBe(30)
    const labelSelector = 'app.kubernetes.io/component=database'
    const selected = await client.apps.listNamespacedDeployment({ namespace, limit: 5, labelSelector })
    expect(selected.items).toHaveLength(5)
    expect(selected.metadata?.remainingItemCount).toBeUndefined()
  })

  it('answers 410 to a continue token whose moment was compacted away', async () => {
    const { metadata } = await client.core.listNamespacedPod({ namespace, limit: 5 })
    client.cluster.compact()
    client.cluster.scale('pos-service', 2)
    client.cluster.compact()
    const call = client.core.listNamespacedPod({ namespace, limit: 5, _continue: metadata!._continue! })
    expect(await refusal(call)).toMatchObject({ code: 410, status: { reason: 'Expired' } })
  })

  it('selects by labels in every form', async () => {
    const count = async (labelSelector: string) =>
      (await client.apps.listNamespacedDeployment({ namespace, labelSelector })).items.length
    expect(await count('app.kubernetes.io/name=gateway')).toBe(1)
    expect(await count('app.kubernetes.io/component in (cache, queue)')).toBe(2)
    expect(await count('app.kubernetes.io/component notin (microservice,database)')).toBe(3)
    expect(await count('app.kubernetes.io/component!=database')).toBe(21)
    expect(await count('app.kubernetes.io/instance')).toBe(1)
    expect(await count('!app.kubernetes.io/instance,app.kubernetes.io/component==telemetry')).toBe(0)
  })

  it('selects by fields, and refuses fields that nobody indexes', async () => {
    const node = await client.core.listPodForAllNamespaces({ fieldSelector: 'spec.nodeName=node-1' })
    expect(new Set(node.items.map(({ spec }) => spec?.nodeName))).toEqual(new Set(['node-1']))
    const one = await client.core.listNode({ fieldSelector: 'metadata.name=node-2' })
    expect(one.items.map(({ metadata }) => metadata?.name)).toEqual(['node-2'])
    const call = client.core.listPodForAllNamespaces({ fieldSelector: 'spec.shoe=42' })
    expect(await refusal(call)).toMatchObject({
      code: 400,
      status: { message: 'field label not supported: spec.shoe' },
    })
  })

  it('creates, patches in three ways, updates and deletes', async () => {
    const name = 'notes'
    const body = { metadata: { name }, data: { a: '1', b: '2' } }
    await client.core.createNamespacedConfigMap({ namespace, body })
    expect(await refusal(client.core.createNamespacedConfigMap({ namespace, body }))).toMatchObject({
      code: 409,
    })
    const patch = (type: string, change: unknown) =>
      client.core.patchNamespacedConfigMap(
        { namespace, name, body: change },
        setHeaderOptions('Content-Type', type),
      )
    await patch(PatchStrategy.MergePatch, { data: { a: null, c: '3' } })
    await patch(PatchStrategy.JsonPatch, [{ op: 'replace', path: '/data/b', value: '4' }])
    const patched = await patch(PatchStrategy.StrategicMergePatch, { metadata: { labels: { x: 'y' } } })
    expect(patched).toMatchObject({ data: { b: '4', c: '3' }, metadata: { labels: { x: 'y' } } })
    const replaced = await client.core.replaceNamespacedConfigMap({
      namespace,
      name,
      body: { ...patched, data: { d: '5' } },
    })
    expect(replaced.data).toEqual({ d: '5' })
    const stale = client.core.replaceNamespacedConfigMap({ namespace, name, body: patched })
    expect(await refusal(stale)).toMatchObject({ code: 409, status: { reason: 'Conflict' } })
    const { status } = await client.core.deleteNamespacedConfigMap({ namespace, name })
    expect(status).toBe('Success')
    expect(await refusal(client.core.readNamespacedConfigMap({ namespace, name }))).toMatchObject({
      code: 404,
      status: { message: 'configmaps "notes" not found', details: { name: 'notes', kind: 'configmaps' } },
    })
  })

  it('does nothing on a dry run but answers as if it had', async () => {
    const options = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    const name = 'sales-service'
    const body = { spec: { replicas: 7 } }
    const answer = await client.apps.patchNamespacedDeployment(
      { namespace, name, body, dryRun: 'All' },
      options,
    )
    expect(answer.spec?.replicas).toBe(7)
    const after = await client.apps.readNamespacedDeployment({ namespace, name })
    expect(after.spec?.replicas).toBe(1)
  })

  it('refuses a deletion whose uid is not that of the object', async () => {
    const [pod] = client.cluster.podsOf('gateway')
    const body = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } }
    const call = client.core.deleteNamespacedPod({ namespace, name: pod!.metadata.name, body })
    expect(await refusal(call)).toMatchObject({ code: 409 })
  })

  it('refuses what is no patch, a wrong type of patch and an impossible value', async () => {
    const patch = (name: string, type: string, body: unknown) =>
      refusal(
        client.apps.patchNamespacedDeployment(
          { namespace, name, body },
          setHeaderOptions('Content-Type', type),
        ),
      )
    expect(await patch('gateway', PatchStrategy.JsonPatch, { a: 1 })).toMatchObject({ code: 400 })
    const negative = { spec: { replicas: -1 } }
    expect(await patch('gateway', PatchStrategy.MergePatch, negative)).toMatchObject({
      code: 422,
      status: { details: { causes: [{ field: 'spec.replicas' }] } },
    })
    const failing = [{ op: 'test', path: '/metadata/name', value: 'other' }]
    expect(await patch('gateway', PatchStrategy.JsonPatch, failing)).toMatchObject({ code: 422 })
    expect(await patch('none', PatchStrategy.MergePatch, {})).toMatchObject({ code: 404 })
  })

  it('measures nodes and pods, but not a pod that does not run', async () => {
    const [pod] = client.cluster.podsOf('inventory-service')
    const metrics = async (path: string) => (await client.get(`/apis/metrics.k8s.io/v1beta1/${path}`)).json()
    expect(await metrics(`namespaces/${namespace}/pods/${pod!.metadata.name}`)).toMatchObject({
      kind: 'PodMetrics',
      containers: [{ name: 'inventory-service', usage: { cpu: expect.stringMatching(/^\d+n$/) } }],
    })
    expect(await metrics('nodes')).toMatchObject({ kind: 'NodeMetricsList', items: [{}, {}, {}] })
    expect(await metrics(`namespaces/${namespace}/pods/none`)).toMatchObject({ code: 404 })
  })

  it('lists groups and resources, and answers an unknown group with plain text', async () => {
    const groups = (await (await client.get('/apis')).json()) as { groups: { name: string }[] }
    expect(groups.groups.map(({ name }) => name)).toContain('metrics.k8s.io')
    const apps = (await (await client.get('/apis/apps/v1')).json()) as { resources: { name: string }[] }
    expect(apps.resources.map(({ name }) => name)).toContain('deployments/status')
    const unknown = await client.get('/apis/nothing.example/v1/things')
    expect([unknown.status, await unknown.text()]).toEqual([404, '404 page not found\n'])
    expect((await client.get('/readyz')).status).toBe(200)
  })
})
