import { expect, it } from 'vitest'
import type { World } from './contract.ts'
import { deploymentNamed, eventually, now, scratchName } from './world.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/bakery-ia/deployments'
const BUDGETS = '/apis/policy/v1/namespaces/bakery-ia/poddisruptionbudgets'
const QUOTAS = '/api/v1/namespaces/bakery-ia/resourcequotas'
const MERGE = 'application/merge-patch+json'

/** The facts that plans are made of, as deploy/'s reader gets them. */
export function factContract(world: () => World): void {
  const workloads = () => world().kubernetes.workloads

  it('say who puts a service back as git has it, and what scales it', async () => {
    const facts = await workloads().get('orders-service', now())
    expect(facts).toMatchObject({
      ref: { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service' },
      ...{ component: 'microservice', paused: false, failure: null, strategy: 'RollingUpdate' },
      images: ['gitea.bakewise.ai/bakery/orders-service:1.4.2'],
      managedBy: {
        ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'bakery-ia' },
        ...{ intervalSeconds: 600, suspended: false, exempted: false, correctsDrift: true },
      },
      autoscaler: {
        ref: { name: 'orders-service-hpa' },
        ...{ bounds: { min: 1, max: 3 }, target: { kind: 'Deployment', name: 'orders-service' } },
        metrics: ['cpu 70 %'],
      },
      requests: { cpu: 0.1, memory: 134_217_728 },
      exclusiveVolumes: [],
    })
    expect(facts.ref.uid).not.toBe('')
    expect(facts.revisions[0]).toMatchObject({
      number: facts.revision,
      template: facts.template,
      differences: [],
    })
    expect(facts.room.nodes).toBeGreaterThan(0)
    expect(facts.room.quota).toBeNull()
  })

  it('are the same for one workload and for all of them', async () => {
    const all = await workloads().all(now())
    expect(all.length).toBeGreaterThan(30)
    const one = await workloads().get('gateway', now())
    expect(all.find(({ ref }) => ref.name === 'gateway')).toMatchObject({
      ...{ ref: one.ref, template: one.template, revisions: one.revisions, managedBy: one.managedBy },
    })
  })

  it('show what differs between revisions, and not the restarts', async () => {
    const { admin } = world()
    const name = scratchName()
    const path = `${DEPLOYMENTS}/${name}`
    await admin.request('POST', DEPLOYMENTS, deploymentNamed(name))
    const settled = () =>
      eventually(
        20_000,
        () => workloads().get(name, now()),
        ({ rolling, revision }) => !rolling && revision !== null,
      )
    const first = await settled()
    const env = [
      { name: 'API_PASSWORD', value: 'hunter2secret' },
      { name: 'MODE', value: 'fast' },
    ]
    const containers = [{ name: 'main', image: 'busybox:2', env }]
    await admin.request('PATCH', path, { spec: { template: { spec: { containers } } } }, MERGE)
    const second = await eventually(20_000, settled, ({ revision }) => revision === 2)
    expect(second.template).not.toBe(first.template)
    expect(second.revisions.map(({ number }) => number)).toEqual([2, 1])
    expect(second.revisions[1]).toMatchObject({
      ...{ template: first.template, images: ['busybox'] },
      differences: [
        { what: 'image', was: 'busybox:2', becomes: 'busybox' },
        { what: 'imagePullPolicy', was: 'IfNotPresent', becomes: 'Always' },
        { what: 'environment API_PASSWORD', was: '[masked]', becomes: null },
        { what: 'environment MODE', was: 'fast', becomes: null },
      ],
    })
    const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-23T05:00:00Z' }
    await admin.request('PATCH', path, { spec: { template: { metadata: { annotations } } } }, MERGE)
    const third = await eventually(20_000, settled, ({ revision }) => revision === 3)
    expect(third.template).toBe(second.template)
    await admin.request('DELETE', path)
  }, 60_000)

  it('count the quota that would be met first', async () => {
    const { admin } = world()
    const name = scratchName()
    await admin.request('POST', QUOTAS, { metadata: { name }, spec: { hard: { pods: '500' } } })
    const { room } = await eventually(
      10_000,
      () => workloads().get('gateway', now()),
      (facts) => facts.room.quota !== null && facts.room.quota.pods < 500,
    )
    expect(room.quota).toMatchObject({ name, resource: 'pods' })
    await admin.request('DELETE', `${QUOTAS}/${name}`)
  }, 20_000)

  it('say of a node what would have to leave it, under which budgets', async () => {
    const { admin } = world()
    const name = scratchName()
    const matchLabels = { 'app.kubernetes.io/name': name }
    await admin.request('POST', DEPLOYMENTS, deploymentNamed(name))
    await admin.request('POST', BUDGETS, {
      metadata: { name },
      spec: { minAvailable: 1, selector: { matchLabels } },
    })
    const pods = async () =>
      (await world().reader.pods(now())).items.filter(({ workload }) => workload === name)
    const [pod] = await eventually(20_000, pods, ([one]) => one?.ready === true)
    const node = await workloads().node(pod?.node ?? '', now())
    expect(node).toMatchObject({ ready: true, everywhere: false })
    expect(node.pods.find(({ workload }) => workload === name)).toMatchObject({
      ...{ ref: { name: pod?.name, uid: pod?.uid }, stays: null, alone: false, losesData: false },
      budgets: [{ name, allowed: 0, says: 'at least 1 pod must stay; none may go now' }],
    })
    expect(await workloads().pod(pod?.name ?? '', now())).toMatchObject({
      workload: name,
      node: pod?.node,
      ready: true,
    })
    await admin.request('DELETE', `${DEPLOYMENTS}/${name}`)
    await admin.request('DELETE', `${BUDGETS}/${name}`)
  }, 40_000)

  it('say what Flux follows, and how it is with it', async () => {
    expect(await workloads().flux(now())).toMatchObject([
      {
        ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'bakery-ia' },
        ...{ suspended: false, intervalSeconds: 600, ready: true },
        source: { kind: 'GitRepository', name: 'bakery-ia' },
      },
    ])
  })

  it('are not made up for what is not there', async () => {
    await expect(workloads().get('ordrs-service', now())).rejects.toThrow(
      'There is no workload called ordrs-service in bakery-ia. The nearest: orders-service',
    )
    await expect(workloads().pod('none', now())).rejects.toThrow('There is no pod called none in bakery-ia.')
    await expect(workloads().node('none', now())).rejects.toThrow(
      /^There is no node called none\. There are: /,
    )
  })
}
