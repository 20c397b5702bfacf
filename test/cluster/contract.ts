import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/kubernetes.ts'
import { type RawApi, rawApi } from './api.ts'
import { changeContract } from './contract-changes.ts'
import { factContract } from './contract-facts.ts'
import { logContract } from './contract-logs.ts'
import { shapeContract } from './contract-shapes.ts'
import { writeContract } from './contract-writes.ts'
import { deploymentNamed, eventually, now, scratchName, silent } from './world.ts'

/** A cluster with the platform in it, real or practice's. */
export interface ClusterUnderTest {
  /** With the rights of deploy/'s accounts, the reader's first: what the program gets. */
  readonly kubeconfig: string
  /** To change the world with; never given to the program. */
  readonly adminKubeconfig: string
}

/** How long a change made through the API server may take to be in the next answer. */
const VISIBLE_MS = 2_000

/**
 * What every cluster must do for the adapter to be right, asked of the adapter and of the raw API. It runs against the
 * real control plane and against practice's cluster: a difference between the two fails.
 */
export function clusterContract(getCluster: () => Promise<ClusterUnderTest>): void {
  let cluster: ClusterUnderTest
  let kubernetes: Kubernetes
  let admin: RawApi

  beforeAll(async () => {
    cluster = await getCluster()
    kubernetes = adapter(cluster.kubeconfig)
    kubernetes.start()
    admin = rawApi(cluster.adminKubeconfig)
  }, 240_000)
  afterAll(async () => {
    await kubernetes?.stop()
    await admin?.close()
  })

  const world = () => ({ cluster, kubernetes, admin, reader: kubernetes.reader })

  describe('reading', () => readingContract(world))
  describe('watching', () => watchingContract(world))
  describe('logs', () => logContract(world))
  describe('refusals', () => refusalContract(world))
  describe('the facts of plans', () => factContract(world))
  describe('changing', () => changeContract(world))
  describe('the raw API', () => shapeContract(world))
  describe('what is written', () => writeContract(world))
}

export interface World {
  readonly cluster: ClusterUnderTest
  readonly kubernetes: Kubernetes
  readonly admin: RawApi
  readonly reader: Kubernetes['reader']
}

function adapter(kubeconfigPath: string, mode: 'watch' | 'once' = 'watch'): Kubernetes {
  const made = createKubernetes({ kubeconfigPath, namespace: 'bakery-ia', log: silent, mode })
  if (made === null) throw new Error('there is no kubeconfig')
  return made
}

function readingContract(world: () => World): void {
  it('gives the pods of the platform with their workloads, and nothing of other namespaces', async () => {
    const { items, observedAt } = await world().reader.pods(now())
    expect(items.filter(({ workload }) => workload === 'gateway')).toHaveLength(2)
    expect(items.find(({ workload }) => workload === 'orders-db')).toMatchObject({
      namespace: 'bakery-ia',
      component: 'database',
      phase: 'Running',
      ready: true,
      containers: [{ name: 'orders-db', state: 'running', limits: { cpu: 0.5, memory: 536_870_912 } }],
    })
    expect(new Set(items.map(({ namespace }) => namespace))).toEqual(new Set(['bakery-ia']))
    expect(Date.now() - observedAt.getTime()).toBeLessThan(10_000)
  })

  it('gives the workloads with what they want and have, and who manages them', async () => {
    const { items } = await world().reader.deployments(now())
    expect(items.find(({ name }) => name === 'gateway')).toMatchObject({
      kind: 'Deployment',
      ...{ desired: 2, ready: 2, available: 2, updated: 2, paused: false, rolling: false, failure: null },
      images: ['gitea.bakewise.ai/bakery/gateway:1.4.2'],
      managedBy: 'flux-system/bakery-ia',
    })
    expect(items.find(({ name }) => name === 'ai-insights-service')?.managedBy).toBeNull()
    expect(items.filter(({ component }) => component === 'database')).toHaveLength(14)
  })

  it('gives the nodes with what can be allocated', async () => {
    // Another test of the same run may be draining one.
    const { items } = await eventually(
      90_000,
      () => world().reader.nodes(now()),
      (found) => found.items.every(({ schedulable }) => schedulable),
    )
    expect(items.length).toBeGreaterThan(0)
    for (const node of items) {
      expect(node).toMatchObject({ ready: true, reason: null, schedulable: true, pressures: [] })
      expect(node.cpu).toBeGreaterThan(0)
      expect(node.memory).toBeGreaterThan(2 ** 30)
      expect(node.version).toMatch(/^v1\./)
    }
  }, 100_000)

  it('gives the newest events first', async () => {
    const { items } = await world().reader.events(now())
    const times = items.map(({ at }) => at.getTime())
    expect(times).toEqual(times.toSorted((a, b) => b - a))
  })

  it('gives what nodes and pods use, in cores and bytes', async () => {
    const { reader } = world()
    const pods = await eventually(
      120_000,
      () => reader.podUsage(now()),
      ({ items }) => items.some(({ workload }) => workload === 'gateway'),
    )
    const gateway = pods.items.find(({ workload }) => workload === 'gateway')
    expect(gateway?.cpu).toBeGreaterThan(0)
    expect(gateway?.memory).toBeGreaterThan(1_000_000)
    expect(gateway?.measuredAt).toBeInstanceOf(Date)
    const names = (await reader.nodes(now())).items.map(({ name }) => name)
    const nodes = await eventually(
      60_000,
      () => reader.nodeUsage(now()),
      ({ items }) => items.length === names.length,
    )
    expect(nodes.items.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
  }, 200_000)

  it('gives the same to a process that lists once as to one that watches', async () => {
    const once = adapter(world().cluster.kubeconfig, 'once')
    const names = (items: readonly { name: string }[]) =>
      items.map(({ name }) => name).filter((name) => !name.startsWith('contract-'))
    try {
      for (const kind of ['nodes', 'deployments', 'pods'] as const) {
        const [listed, watched] = [await once.reader[kind](now()), await world().reader[kind](now())]
        expect(names(listed.items).toSorted()).toEqual(names(watched.items).toSorted())
      }
    } finally {
      await once.stop()
    }
  })
}

function watchingContract(world: () => World): void {
  const path = '/apis/apps/v1/namespaces/bakery-ia/deployments'

  it('shows what was created, changed and deleted within two seconds', async () => {
    const { admin, reader } = world()
    const name = scratchName()
    const find = async () => (await reader.deployments(now())).items.find((one) => one.name === name)
    await admin.request('POST', path, deploymentNamed(name))
    expect(await eventually(VISIBLE_MS, find, (one) => one !== undefined)).toMatchObject({ desired: 1 })

    const patch = { spec: { replicas: 2 } }
    await admin.request('PATCH', `${path}/${name}`, patch, 'application/merge-patch+json')
    await eventually(VISIBLE_MS, find, (one) => one?.desired === 2)

    await admin.request('DELETE', `${path}/${name}`)
    await eventually(VISIBLE_MS, find, (one) => one === undefined)
  })

  it('shows the pods that come and go with a workload, and its events', async () => {
    const { admin, reader } = world()
    const name = scratchName()
    await admin.request('POST', path, deploymentNamed(name))
    const pods = async () => (await reader.pods(now())).items.filter(({ workload }) => workload === name)
    const [pod] = await eventually(10_000, pods, ([one]) => one?.ready === true)
    const events = async () => (await reader.events(now())).items.filter(({ object }) => object === pod?.name)
    await eventually(10_000, events, (found) =>
      found.some(({ kind, reason, type }) => kind === 'Pod' && reason === 'Scheduled' && type === 'Normal'),
    )
    await admin.request('DELETE', `${path}/${name}`)
    await eventually(30_000, pods, (found) => found.length === 0)
  }, 60_000)

  it('shows a pod that breaks within two seconds of the API server knowing it', async () => {
    const { admin, reader } = world()
    const name = scratchName()
    await admin.request('POST', path, deploymentNamed(name, 'never-ready'))
    const find = async () => (await reader.pods(now())).items.find(({ workload }) => workload === name)
    const pod = await eventually(10_000, find, (one) => one?.phase === 'Running')
    const restartedAt = '2026-11-23T05:00:00Z'
    const terminated = { exitCode: 137, reason: 'OOMKilled', startedAt: restartedAt, finishedAt: restartedAt }
    const status = {
      name: 'main',
      image: 'busybox',
      imageID: '',
      ready: false,
      restartCount: 7,
      state: {
        waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
      },
      lastState: { terminated },
    }
    const answer = await admin.request(
      'PATCH',
      `/api/v1/namespaces/bakery-ia/pods/${pod?.name}/status`,
      { status: { containerStatuses: [status] } },
      'application/merge-patch+json',
    )
    expect(answer.status).toBe(200)
    const broken = await eventually(VISIBLE_MS, find, (one) => one?.containers[0]?.restarts === 7)
    expect(broken?.containers[0]).toMatchObject({
      reason: 'CrashLoopBackOff',
      last: { reason: 'OOMKilled', exitCode: 137 },
    })
    await admin.request('DELETE', `${path}/${name}`)
  }, 30_000)

  it('goes on being confirmed while nothing happens', async () => {
    const { reader } = world()
    const before = (await reader.nodes(now())).observedAt
    const after = await eventually(
      9_000,
      () => reader.nodes(now()),
      ({ observedAt }) => observedAt > before,
    )
    expect(Date.now() - after.observedAt.getTime()).toBeLessThan(10_000)
  })
}

function refusalContract(world: () => World): void {
  it('says which verb on which resource is missing', async () => {
    await expect(
      world().kubernetes.readSecret('bakery-ia', 'bakery-ia-secrets', 'JWT_SECRET_KEY', now()),
    ).rejects.toThrow(/not permitted \(403\): grant the verb "get" on "secrets" to Bakery's account$/)
  })

  it('says that another namespace is not permitted, for every kind, while nodes still answer', async () => {
    const other = createKubernetes({
      kubeconfigPath: world().cluster.kubeconfig,
      namespace: 'flux-system',
      log: silent,
    })!
    other.start()
    try {
      await expect(other.reader.pods(now())).rejects.toThrow(
        /^cannot list pods in flux-system at \S+: not permitted \(403\): grant the verb "list" on "pods" /,
      )
      await expect(other.reader.deployments(now())).rejects.toThrow(/"list" on "[a-z]+\.apps"/)
      expect((await other.reader.nodes(now())).items.length).toBeGreaterThan(0)
    } finally {
      await other.stop()
    }
  })
}
