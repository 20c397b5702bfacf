import type {
  ClusterNode,
  ContainerState,
  Deployment,
  Observed,
  Pod,
  PodUsage,
} from '../../src/core/ports/cluster.ts'
import type { DatabaseState } from '../../src/core/ports/databases.ts'
import type { SystemPorts } from '../../src/core/ports/index.ts'
import type { Context } from '../../src/health/check.ts'
import { type Platform, platformSchema } from '../../src/platform.ts'

export const NOW = new Date('2026-11-23T05:00:00.000Z')
export const NAMESPACE = 'bakery-ia'

/** So many seconds before now. */
export function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000)
}

export function observed<T>(...items: T[]): Observed<T> {
  return { items, observedAt: ago(1) }
}

export function platform(changes: Record<string, unknown> = {}): Platform {
  return platformSchema.parse({
    version: 1,
    name: 'Bakery-IA',
    namespace: NAMESPACE,
    timeZone: 'Europe/Madrid',
    services: [{ name: 'gateway', critical: true }, { name: 'orders-service' }],
    databases: [
      { name: 'auth-db', address: 'auth-db:5432', database: 'auth_db', user: 'bakery' },
      { name: 'orders-db', address: 'orders-db:5432', database: 'orders_db', user: 'bakery' },
    ],
    channels: { operations: 'C0OPS', digest: 'C0DIGEST', security: 'C0SEC' },
    owners: ['U0OWNER'],
    ...changes,
  })
}

export function context(changes: Record<string, unknown> = {}): Context {
  const made = platform(changes)
  return { platform: made, thresholds: made.thresholds, now: NOW }
}

export function container(changes: Partial<ContainerState> = {}): ContainerState {
  return {
    name: 'app',
    image: 'gitea.bakewise.ai/bakery/orders-service:1.4.2',
    ready: true,
    restarts: 0,
    state: 'running',
    reason: null,
    message: null,
    last: null,
    limits: { cpu: 0.5, memory: 512 * 1024 ** 2 },
    init: false,
    ...changes,
  }
}

export function pod(changes: Partial<Pod> = {}): Pod {
  return {
    namespace: NAMESPACE,
    name: 'orders-service-7d9f8-abcde',
    uid: 'uid-1',
    workload: 'orders-service',
    component: 'microservice',
    node: 'node-1',
    phase: 'Running',
    ready: true,
    reason: null,
    createdAt: ago(86_400),
    deletedAt: null,
    containers: [container()],
    ...changes,
  }
}

export function deployment(changes: Partial<Deployment> = {}): Deployment {
  return {
    namespace: NAMESPACE,
    name: 'orders-service',
    uid: 'uid-2',
    kind: 'Deployment',
    component: 'microservice',
    desired: 1,
    ready: 1,
    available: 1,
    updated: 1,
    paused: false,
    images: ['gitea.bakewise.ai/bakery/orders-service:1.4.2'],
    failure: null,
    rolling: false,
    revision: '3',
    managedBy: 'flux-system/bakery-ia',
    createdAt: ago(86_400),
    ...changes,
  }
}

export function node(changes: Partial<ClusterNode> = {}): ClusterNode {
  return {
    name: 'node-1',
    ready: true,
    reason: null,
    schedulable: true,
    pressures: [],
    cpu: 8,
    memory: 20 * 1024 ** 3,
    version: 'v1.36.3',
    createdAt: ago(86_400 * 30),
    ...changes,
  }
}

export function usage(changes: Partial<PodUsage> = {}): PodUsage {
  return {
    name: 'orders-service-7d9f8-abcde',
    workload: 'orders-service',
    cpu: 0.012,
    memory: 96 * 1024 ** 2,
    measuredAt: ago(15),
    ...changes,
  }
}

export function database(changes: Partial<DatabaseState> = {}): DatabaseState {
  return {
    name: 'auth-db',
    version: '17.2',
    connections: 12,
    maxConnections: 103,
    reserved: 3,
    cacheHitPercent: 99.4,
    longTransactions: [],
    blocked: [],
    tlsOn: true,
    tlsUsed: true,
    sizeBytes: 42 * 1024 ** 2,
    deadlocks: 0,
    ...changes,
  }
}

/** A platform where all is well; single ports can be replaced. */
export function ports(changes: Partial<SystemPorts> = {}): SystemPorts {
  const figures = ['gateway', 'orders-service'].map((name) => ({
    name,
    rate: 4,
    calls: 1200,
    errorRate: 0.1,
    p99Ms: 180,
  }))
  return {
    clock: { now: () => NOW },
    platform: platform(),
    cluster: {
      pods: async () => observed(pod(), pod({ name: 'gateway-5c6b7-fghij', workload: 'gateway' })),
      deployments: async () =>
        observed(deployment(), deployment({ name: 'gateway', desired: 2, available: 2 })),
      nodes: async () => observed(node()),
      nodeUsage: async () =>
        observed({ name: 'node-1', cpu: 3, memory: 12 * 1024 ** 3, measuredAt: ago(15) }),
      podUsage: async () => observed(usage()),
      events: async () => observed(),
    },
    logs: null,
    workloads: null,
    metrics: {
      query: async (promql) =>
        promql.includes('node_filesystem')
          ? [{ labels: { instance: '10.0.0.5:9100', mountpoint: '/' }, value: 62, at: NOW }]
          : [],
      ready: async () => undefined,
    },
    alerts: { alerts: async () => [] },
    telemetry: { services: async () => figures },
    collector: { state: async () => ({ available: true, status: 'Server available', upSince: ago(3600) }) },
    databases: { names: ['auth-db', 'orders-db'], state: async (name) => database({ name }) },
    cache: {
      state: async () => ({
        version: '7.4.1',
        usedMemory: 100,
        maxMemory: 1000,
        policy: 'allkeys-lru',
        hitPercent: 97.2,
        evictedKeys: 0,
        evictedSince: 0,
        clients: 40,
        role: 'master',
        loading: false,
        persistenceOk: true,
        uptimeSeconds: 86_400,
      }),
    },
    queues: {
      queues: async () => [
        {
          name: 'orders.created',
          vhost: '/',
          type: 'classic',
          ready: 3,
          unacknowledged: 1,
          consumers: 2,
          growthPerMinute: 0,
          state: 'running',
        },
      ],
      nodes: async () => [
        {
          name: 'rabbit@rabbitmq',
          running: true,
          memoryAlarm: false,
          diskAlarm: false,
          memoryUsed: 10,
          memoryLimit: 100,
          partitions: [],
        },
      ],
    },
    ...changes,
  }
}
