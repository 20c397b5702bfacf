import type { ClusterReader, LogReader } from '../../core/ports/cluster.ts'
import type { ObjectPorts } from '../../core/ports/objects.ts'
import type { WorkloadReader } from '../../core/ports/workloads.ts'
import { connectAs } from './accounts.ts'
import { createClient } from './client.ts'
import { findSource } from './connection.ts'
import { createLogReader } from './logs.ts'
import { createObjectReader } from './objects.ts'
import { createListingReader, createWatchingReader } from './reader.ts'
import type { Timing } from './reflector.ts'
import { createSecretReader, type ReadSecret } from './secrets.ts'
import { createWideReader } from './wide.ts'
import { createWorkloadReader } from './workloads.ts'
import { createObjectRehearser, createObjectWriter } from './writer.ts'

/** What this adapter says to the process' log; pino's loggers fit. */
export interface Log {
  warn(facts: object, sentence: string): void
}

export interface KubernetesOptions {
  /** The kubeconfig's path (several: separated as in PATH). Null: the pod's own service account, where there is one. */
  readonly kubeconfigPath: string | null
  /** The platform's namespace: everything but nodes is read there only. */
  readonly namespace: string
  readonly log: Log
  /** `watch` keeps caches true for a long-lived process; `once` lists when asked, for a process that answers and ends. */
  readonly mode?: 'watch' | 'once'
  readonly timing?: Partial<Timing>
  /** How long a write or a rehearsal may take; 8,000 when not given. */
  readonly writeTimeoutMs?: number
}

export interface Kubernetes {
  readonly reader: ClusterReader
  readonly logs: LogReader
  readonly readSecret: ReadSecret
  readonly workloads: WorkloadReader
  /** Reading, changing and rehearsing, each by an account of its own. */
  readonly objects: ObjectPorts
  /** Begins to list and watch, and returns at once: readers wait for what they need. */
  start(): void
  /** Ends every watch and closes every connection. */
  stop(): Promise<void>
}

/** Null: neither a kubeconfig nor a service account, so the cluster is unknown. Opens no connection before it is needed. */
export function createKubernetes(options: KubernetesOptions): Kubernetes | null {
  const { kubeconfigPath, namespace, log, mode = 'watch', timing = {} } = options
  const source = findSource(kubeconfigPath)
  if (source === null) return null
  const client = createClient(source)
  const operator = createClient(source, connectAs('bakery-operator', client))
  const rehearser = createClient(source, connectAs('bakery-rehearser', client))
  const create = mode === 'watch' ? createWatchingReader : createListingReader
  const running = create({
    ...{ client, namespace, timing },
    onTrouble: (error) =>
      log.warn({ operation: error.operation, err: error }, 'The watch of the cluster broke'),
  })
  const { writeTimeoutMs: timeoutMs = 8_000 } = options
  const objects = createObjectReader(client)
  const wide = createWideReader(client, namespace)
  return {
    reader: running.reader,
    workloads: createWorkloadReader({ objects, wide, namespace }),
    objects: {
      reader: objects,
      writer: createObjectWriter({ client: operator, timeoutMs }),
      rehearser: createObjectRehearser({ client: rehearser, timeoutMs }),
    },
    logs: createLogReader({ client, namespace, pods: running.reader.pods }),
    readSecret: createSecretReader(client),
    start: running.start,
    async stop() {
      await running.stop()
      await Promise.all([client, operator, rehearser].map((one) => one.close()))
    },
  }
}
