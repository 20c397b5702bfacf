import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PracticeCluster, startCluster } from '../../../practice/cluster/start.ts'
import { createKubernetes, type Kubernetes } from '../../../src/adapters/kubernetes/kubernetes.ts'

let cluster: PracticeCluster
let kubernetes: Kubernetes
const folder = mkdtempSync(join(tmpdir(), 'bakery-state-'))
const signal = () => AbortSignal.timeout(10_000)

beforeAll(async () => {
  cluster = await startCluster()
  const kubeconfigPath = join(folder, 'kubeconfig')
  writeFileSync(kubeconfigPath, cluster.kubeconfig())
  const made = createKubernetes({ kubeconfigPath, namespace: 'bakery-ia', log: { warn() {} }, mode: 'once' })
  if (made === null) throw new Error('there is no kubeconfig')
  kubernetes = made
})
afterAll(async () => {
  await kubernetes?.stop()
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

it.each(['inventory-service', 'auth-db', 'rabbitmq'])(
  'the state of %s is what all the facts about it say',
  async (name) => {
    const state = await kubernetes.workloads.state(name, signal())
    expect(state.ref).toMatchObject({ name, namespace: 'bakery-ia' })
    expect(await kubernetes.workloads.get(name, signal())).toMatchObject(state)
  },
)

it('a workload that is not there is said with the nearest', async () => {
  await expect(kubernetes.workloads.state('inventory-servis', signal())).rejects.toMatchObject({
    message: expect.stringMatching(
      /There is no workload called inventory-servis in bakery-ia\. The nearest: inventory-service/,
    ),
    meant: { given: 'inventory-servis', names: expect.arrayContaining(['inventory-service']) },
  })
})

it('a node that is not there is said with those that there are', async () => {
  for (const [given, names] of [
    ['node-22', ['node-2']],
    ['kettle', ['node-1', 'node-2', 'node-3']],
  ] as const) {
    await expect(kubernetes.workloads.node(given, signal())).rejects.toMatchObject({
      message: `There is no node called ${given}. There are: node-1, node-2, node-3.`,
      meant: { given, names: expect.arrayContaining([...names]) },
    })
  }
})
