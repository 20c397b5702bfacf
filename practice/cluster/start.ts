import { randomBytes } from 'node:crypto'
import { ADMIN_RULES, type PolicyRule, type User } from './access.ts'
import { type AuditEvent, createAuditLog } from './audit.ts'
import { type Clock, manualClock, switchedClock, systemClock } from './clock.ts'
import type { Cluster, Consumption } from './cluster.ts'
import { defaultConsumption } from './consumption.ts'
import { createFromGit, isInGit } from './controllers/flux-objects.ts'
import { runControllers } from './controllers/index.ts'
import { createHandles, type Handles } from './handles.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { createLogBook, type LogSource } from './logs.ts'
import type { Manifest, Pod } from './objects.ts'
import { platformManifests } from './platform.ts'
import { FIRST_REVISION } from './platform-extras.ts'
import { EVENTS, resourceOf } from './resources.ts'
import { startServer } from './server.ts'
import { serviceLogs } from './service-logs/source.ts'
import { createStore } from './store.ts'
import { createObject } from './writes.ts'

export interface ClusterOptions {
  /** 0 (the default): any free port of 127.0.0.1. */
  readonly port?: number
  /** Objects to begin with, settled as if they had run for days; the operated platform by default. */
  readonly manifests?: readonly Manifest[]
  /** Users beside the administrator; a token is made for those that bring none. */
  readonly users?: readonly { name: string; rules: readonly PolicyRule[]; token?: string }[]
  readonly logs?: LogSource
  readonly consumption?: (pod: Pod, at: Date) => Consumption
  readonly random?: () => number
  /** How often quiet watches get a bookmark; a minute by default, as with a real API server. */
  readonly bookmarkMs?: number
  /** Where the audit log of writes is written, one JSON event a line; it is kept in any case. */
  readonly auditFile?: string
}

export interface PracticeCluster extends Handles {
  readonly url: string
  /** The administrator's. */
  readonly token: string
  /** A kubeconfig's text for this user (the administrator by default). Throws for an unknown one. */
  kubeconfig(user?: string): string
  /** Every write that came in by the API, oldest first, as the API server's own audit log has it. */
  audit(): readonly AuditEvent[]
  stop(): Promise<void>
}

const AGE_MS = 3 * 86_400_000
const SETTLING_MS = 60_000

/** Starts a practice cluster with the platform in it: a double of the Kubernetes API for tests and training. */
export async function startCluster(options: ClusterOptions = {}): Promise<PracticeCluster> {
  const system = systemClock()
  const { cluster, stopControllers } = settledCluster(options, system)
  const users = usersOf(options)
  const [admin] = users
  const { port = 0, bookmarkMs = 60_000 } = options
  const server = await startServer(cluster, { users, port, bookmarkMs })
  return {
    url: server.url,
    token: admin.token,
    kubeconfig(name = admin.name) {
      const user = users.find((candidate) => candidate.name === name)
      if (!user) throw new Error(`the practice cluster has no user ${name}`)
      return kubeconfigText(server.url, user)
    },
    audit: cluster.audit.events,
    ...createHandles(cluster),
    async stop() {
      stopControllers()
      system.stop()
      await server.stop()
    },
  }
}

/** Lays the platform out three days ago, lets the controllers settle it, and only then lets time run as it does. */
function settledCluster(
  options: ClusterOptions,
  system: Clock,
): { cluster: Cluster; stopControllers: () => void } {
  const past = manualClock(new Date(Date.now() - AGE_MS))
  const clock = switchedClock(past)
  const manifests = options.manifests ?? platformManifests(new Date())
  const cluster: Cluster = {
    store: createStore(),
    clock,
    random: options.random ?? Math.random,
    logs: createLogBook(options.logs ?? serviceLogs()),
    git: { revision: FIRST_REVISION, objects: manifests.filter(isInGit), failure: null, defect: null },
    audit: createAuditLog(options.auditFile),
    consumption: options.consumption ?? defaultConsumption,
  }
  const stopControllers = runControllers(cluster)
  layOut(cluster, manifests)
  past.advance(SETTLING_MS)
  for (const { metadata } of cluster.store.list(EVENTS)) {
    cluster.store.remove(EVENTS, metadata.namespace ?? null, metadata.name)
  }
  clock.switchTo(system)
  past.handOver(system)
  return { cluster, stopControllers }
}

function layOut(cluster: Cluster, manifests: readonly Manifest[]): void {
  for (const manifest of manifests) {
    const resource = resourceOf(manifest.apiVersion, manifest.kind)
    if (!resource) throw new Error(`the practice cluster knows no ${manifest.apiVersion} ${manifest.kind}`)
    if (isInGit(manifest)) createFromGit(cluster, resource, manifest)
    else createObject(cluster, resource, manifest)
  }
}

function usersOf({ users = [] }: ClusterOptions): [User, ...User[]] {
  const token = () => randomBytes(24).toString('hex')
  const others = users.map((user) => ({ token: token(), ...user }))
  return [{ name: 'admin', token: token(), rules: ADMIN_RULES }, ...others]
}
