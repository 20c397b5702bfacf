import { UserError } from '../../src/core/errors.ts'
import type { DatabaseState } from '../../src/core/ports/databases.ts'
import type {
  Autoscaler,
  FluxFacts,
  Management,
  NodeFacts,
  NodePod,
  PodFacts,
  Revision,
  WorkloadFacts,
  WorkloadReader,
} from '../../src/core/ports/workloads.ts'
import { NOW } from './snapshot.ts'

/** Facts of the cluster as plans are made of them. `PodFacts` and the like stand as the API server would say them at `NOW`. */
const NAMESPACE = 'bakery-ia'

export function workloadFacts(changes: Partial<WorkloadFacts> & { name?: string } = {}): WorkloadFacts {
  const { name = 'orders-service', ...rest } = changes
  return {
    ref: { kind: 'Deployment', namespace: NAMESPACE, name, uid: `uid-${name}` },
    ...{ component: 'microservice', replicas: 2, ready: 2, available: 2, paused: false, rolling: false },
    ...{ failure: null, strategy: 'RollingUpdate', images: [`bakery/${name}:1.4.2`], template: 'template-7' },
    revision: 7,
    revisions: [
      revision({ number: 7, template: 'template-7', differences: [] }),
      revision({ number: 6, template: 'template-6' }),
      revision({ number: 5, template: 'template-7', differences: [] }),
    ],
    ...{ managedBy: null, autoscaler: null, budgets: [], exclusiveVolumes: [] },
    requests: { cpu: 0.25, memory: 256 * 1024 ** 2 },
    room: { nodes: 10, quota: null },
    ...rest,
  }
}

export function databaseFacts(changes: Partial<WorkloadFacts> & { name?: string } = {}): WorkloadFacts {
  return workloadFacts({
    ...{ name: 'auth-db', component: 'database', replicas: 1, ready: 1, available: 1, strategy: 'Recreate' },
    exclusiveVolumes: ['auth-db-pvc'],
    ...changes,
  })
}

export function revision(changes: Partial<Revision> = {}): Revision {
  return {
    ...{ number: 6, template: 'template-6', images: ['bakery/orders-service:1.4.1'], changeCause: null },
    createdAt: new Date(NOW - 86_400_000),
    differences: [
      { what: 'image of app', was: 'bakery/orders-service:1.4.2', becomes: 'bakery/orders-service:1.4.1' },
    ],
    ...changes,
  }
}

export function management(changes: Partial<Management> = {}): Management {
  return {
    ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'bakery-ia', uid: 'uid-flux' },
    ...{ intervalSeconds: 600, suspended: false, exempted: false, correctsDrift: true },
    ...{ owns: { replicas: true, template: true }, replicasHidden: false },
    gitReplicas: 2,
    lastAppliedAt: new Date(NOW - 120_000),
    ...changes,
  }
}

export function autoscaler(changes: Partial<Autoscaler> = {}): Autoscaler {
  return {
    ref: {
      kind: 'HorizontalPodAutoscaler',
      namespace: NAMESPACE,
      name: 'orders-service-hpa',
      uid: 'uid-hpa',
    },
    ...{ bounds: { min: 1, max: 3 }, current: 2, desired: 2, trouble: null, managedBy: null },
    target: { kind: 'Deployment', name: 'orders-service' },
    metrics: ['cpu 80 %'],
    ...changes,
  }
}

export function nodeFacts(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    ref: { kind: 'Node', namespace: null, name: 'node-2', uid: 'uid-node-2' },
    ...{ cordoned: false, ready: true, pods: [], others: 2, everywhere: true },
    ...changes,
  }
}

export function nodePod(name: string, changes: Partial<NodePod> = {}): NodePod {
  return {
    ref: { kind: 'Pod', namespace: NAMESPACE, name, uid: `uid-${name}` },
    ...{ workload: name.replace(/-[^-]+-[^-]+$/, ''), component: 'microservice', stays: null },
    ...{ alone: false, losesData: false, budgets: [] },
    ...changes,
  }
}

export function podFacts(changes: Partial<PodFacts> = {}): PodFacts {
  return {
    ref: { kind: 'Pod', namespace: NAMESPACE, name: 'orders-service-7d9f8b6c5-abcde', uid: 'uid-pod' },
    ...{ workload: 'orders-service', component: 'microservice', alone: false, node: 'node-1', ready: true },
    ...changes,
  }
}

export function fluxFacts(changes: Partial<FluxFacts> = {}): FluxFacts {
  return {
    ref: { kind: 'Kustomization', namespace: 'flux-system', name: 'bakery-ia', uid: 'uid-flux' },
    ...{ suspended: false, intervalSeconds: 600, ready: true, reason: null },
    source: { kind: 'GitRepository', namespace: 'flux-system', name: 'bakery-ia', uid: 'uid-git' },
    appliedRevision: 'main@sha1:9f1c2ab',
    lastAppliedAt: new Date(NOW - 120_000),
    ...changes,
  }
}

export function databaseState(changes: Partial<DatabaseState> = {}): DatabaseState {
  return {
    ...{ name: 'auth-db', version: '17.2', connections: 24, maxConnections: 100, reserved: 3 },
    ...{ cacheHitPercent: 99, blocked: [], tlsOn: true, tlsUsed: true, sizeBytes: 1e9, deadlocks: 0 },
    longTransactions: [{ pid: 7, seconds: 400, user: 'auth_user', state: 'active' }],
    ...changes,
  }
}

/** A cluster that says these facts, and of everything else that it is not there. */
export function fakeWorkloads(facts: {
  readonly workloads?: readonly WorkloadFacts[]
  readonly nodes?: readonly NodeFacts[]
  readonly pods?: readonly PodFacts[]
  readonly flux?: readonly FluxFacts[]
}): WorkloadReader {
  const { workloads = [], nodes = [], pods = [], flux = [] } = facts
  const find = async <Found extends { ref: { name: string } }>(all: readonly Found[], name: string) => {
    const found = all.find(({ ref }) => ref.name === name)
    if (found === undefined) throw new UserError('BAD_ARGUMENT', `There is no “${name}”.`)
    return found
  }
  return {
    get: (name) => find(workloads, name),
    state: (name) => find(workloads, name),
    all: async () => workloads,
    autoscalers: async () => ({
      items: workloads.flatMap((one) => one.autoscaler ?? []),
      observedAt: new Date(NOW),
    }),
    node: (name) => find(nodes, name),
    pod: (name) => find(pods, name),
    flux: async () => flux,
  }
}
