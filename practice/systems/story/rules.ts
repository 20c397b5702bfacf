import { DATABASE_STEMS, DATABASES, NAMESPACE, SERVICES, serviceOf } from '../../cluster/platform-names.ts'
import type { Outage, OutageKind } from './outages.ts'

type Labels = Readonly<Record<string, string>>

/** An alert rule of the platform's Prometheus, and which outage makes it true. */
export interface Rule {
  readonly name: string
  readonly query: string
  readonly on: OutageKind | null
  /** Only these outages of that kind. */
  readonly only?: (outage: Outage) => boolean
  /** How long it must be true before it fires. */
  readonly forSeconds: number
  readonly severity: 'critical' | 'warning' | 'none'
  readonly labels: (outage: Outage) => Labels
  /** Of which things it is true at once; of the outage's own when it is not given. */
  readonly each?: readonly string[]
  readonly summary: (outage: Outage) => string
}

function serviceOfDatabase(name: string): string {
  const stem = DATABASE_STEMS.find((candidate) => `${candidate}-db` === name)
  return stem === undefined ? name : serviceOf(stem)
}

const ofService = ({ name }: Outage): Labels => ({ service: name, namespace: NAMESPACE })

const DATABASE_RULES: readonly Rule[] = [
  {
    name: 'DatabaseDown',
    query: 'pg_up == 0',
    on: 'database',
    forSeconds: 5,
    severity: 'critical',
    labels: ofService,
    summary: ({ name }) => `PostgreSQL ${name} does not answer`,
  },
  {
    name: 'ServiceErrorRateHigh',
    query:
      '100 * sum by(service)(rate(http_requests_total{code=~"5.."}[5m])) / sum by(service)(rate(http_requests_total[5m])) > 5',
    on: 'database',
    forSeconds: 15,
    severity: 'critical',
    labels: ({ name }) => ({ service: serviceOfDatabase(name), namespace: NAMESPACE }),
    summary: ({ name }) => `More than 5 % of the calls of ${serviceOfDatabase(name)} fail`,
  },
  {
    name: 'DatabaseConnectionsExhausted',
    query: '100 * sum by(service)(pg_stat_activity_count) / pg_settings_max_connections > 90',
    on: 'connections',
    forSeconds: 5,
    severity: 'critical',
    labels: ofService,
    summary: ({ name }) => `${name} has no connection left`,
  },
  {
    name: 'DatabaseLocksWaiting',
    query: 'max by(service)(pg_locks_waiting_seconds) > 30',
    on: 'locks',
    forSeconds: 30,
    severity: 'warning',
    labels: ofService,
    summary: ({ name }) => `Queries of ${name} wait for a lock`,
  },
  {
    name: 'DatabaseBackupMissed',
    query: 'time() - backup_last_success_timestamp_seconds > 93600',
    on: 'backup',
    forSeconds: 5,
    severity: 'warning',
    labels: ofService,
    summary: ({ name }) => `${name} was not backed up within 26 hours`,
  },
]

const WORKLOAD_RULES: readonly Rule[] = [
  {
    name: 'ServiceDown',
    query: 'kube_deployment_status_replicas_available == 0 and kube_deployment_spec_replicas > 0',
    on: 'workload',
    only: ({ name }) => !DATABASES.includes(name),
    forSeconds: 5,
    severity: 'critical',
    labels: ofService,
    summary: ({ name }) => `${name} has no pod that is ready`,
  },
  {
    name: 'KubePodCrashLooping',
    query: 'kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} == 1',
    on: 'crash-loop',
    forSeconds: 5,
    severity: 'warning',
    labels: ({ name, workload = '' }) => ({ pod: name, service: workload, namespace: NAMESPACE }),
    summary: ({ name }) => `Pod ${name} restarts again and again`,
  },
  {
    name: 'ServiceLatencyHigh',
    query:
      'histogram_quantile(0.99, sum by(service, le)(rate(http_request_duration_seconds_bucket[5m]))) > 2',
    on: 'storm',
    forSeconds: 5,
    severity: 'warning',
    each: SERVICES,
    labels: ofService,
    summary: ({ name }) => `The 99th percentile of ${name} is above 2 s`,
  },
  {
    name: 'DatabaseSlow',
    query: 'rate(pg_stat_statements_seconds_total[5m]) / rate(pg_stat_statements_calls_total[5m]) > 0.5',
    on: 'storm',
    forSeconds: 5,
    severity: 'warning',
    each: DATABASES,
    labels: ofService,
    summary: ({ name }) => `A query of ${name} takes half a second on average`,
  },
]

const MACHINE_RULES: readonly Rule[] = [
  {
    name: 'KubeNodeNotReady',
    query: 'kube_node_status_condition{condition="Ready",status="true"} == 0',
    on: 'node',
    forSeconds: 5,
    severity: 'critical',
    labels: ({ name }) => ({ node: name }),
    summary: ({ name }) => `Node ${name} is not ready`,
  },
  {
    name: 'NodeFilesystemAlmostOutOfSpace',
    query: '100 * node_filesystem_avail_bytes / node_filesystem_size_bytes < 20',
    on: 'disk',
    forSeconds: 10,
    severity: 'warning',
    labels: ({ name }) => ({ node: name, mountpoint: '/' }),
    summary: ({ name }) => `The disk of ${name} fills up`,
  },
]

const DELIVERY_RULES: readonly Rule[] = [
  {
    name: 'QueueWithoutConsumer',
    query: 'rabbitmq_queue_consumers == 0',
    on: 'consumer',
    forSeconds: 10,
    severity: 'warning',
    labels: ({ name }) => ({ queue: name, service: 'rabbitmq', namespace: NAMESPACE }),
    summary: ({ name }) => `Nobody reads the queue ${name}`,
  },
  {
    name: 'CertificateExpiresSoon',
    query: 'certmanager_certificate_expiration_timestamp_seconds - time() < 604800',
    on: 'certificate',
    forSeconds: 5,
    severity: 'warning',
    labels: ({ name }) => ({ name, namespace: NAMESPACE }),
    summary: ({ name }) => `The certificate ${name} ends within a week and was not renewed`,
  },
  {
    name: 'FluxReconciliationFailing',
    query: 'gotk_reconcile_condition{type="Ready",status="False"} == 1',
    on: 'flux',
    forSeconds: 5,
    severity: 'warning',
    labels: ({ name }) => ({ kind: 'Kustomization', name, exported_namespace: 'flux-system' }),
    summary: ({ name }) => `Flux does not apply ${name}`,
  },
  {
    name: 'Watchdog',
    query: 'vector(1)',
    on: null,
    forSeconds: 0,
    severity: 'none',
    labels: () => ({}),
    summary: () => 'Always fires: the way of alerts is whole',
  },
]

export const RULES: readonly Rule[] = [
  ...DATABASE_RULES,
  ...WORKLOAD_RULES,
  ...MACHINE_RULES,
  ...DELIVERY_RULES,
]
