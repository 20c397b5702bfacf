import type { Platform } from '../../platform.ts'
import type { AccessReader } from './access.ts'
import type { AlertReader } from './alerts.ts'
import type { AuditReader } from './audit.ts'
import type { CacheReader } from './caches.ts'
import type { ClusterReader, LogReader } from './cluster.ts'
import type { CollectorReader } from './collector.ts'
import type { DatabaseReader } from './databases.ts'
import type { HealthReader } from './health.ts'
import type { JobReader } from './jobs.ts'
import type { MetricsReader } from './metrics.ts'
import type { OperationReader } from './operations.ts'
import type { Attestation, Planner } from './planner.ts'
import type { QueueReader } from './queues.ts'
import type { RegistryReader } from './registry.ts'
import type { TelemetryReader } from './telemetry.ts'
import type { WorkloadReader } from './workloads.ts'

/** Now, as a value that tests can move. */
export interface Clock {
  now(): Date
}

/** The systems that are operated, as things to ask. A system that is not configured is null, and its checks are `off`. */
export interface SystemPorts {
  readonly clock: Clock
  readonly platform: Platform
  readonly cluster: ClusterReader | null
  readonly logs: LogReader | null
  readonly workloads: WorkloadReader | null
  readonly metrics: MetricsReader | null
  readonly alerts: AlertReader | null
  readonly telemetry: TelemetryReader | null
  readonly collector: CollectorReader | null
  readonly databases: DatabaseReader
  readonly cache: CacheReader | null
  readonly queues: QueueReader | null
}

/** Everything that a query may ask. No method of it changes anything: the compiler keeps previews harmless. */
export interface ReadPorts extends SystemPorts {
  readonly health: HealthReader
  readonly access: AccessReader
  readonly audit: AuditReader
  readonly jobs: JobReader
  readonly registry: RegistryReader
  readonly operations: OperationReader
  readonly planner: Planner
  readonly attestation: Attestation
}
