import { DATABASE_STEMS, DATABASES, NAMESPACE, serviceOf } from '../../cluster/platform-names.ts'
import { isOn, type Outage, type OutageKind } from './outages.ts'

/** One instance of an alert rule, as Prometheus evaluates it. */
export interface StoryAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
  readonly activeAt: Date
}

export interface Rule {
  readonly name: string
  readonly query: string
  readonly on: OutageKind | null
  /** Only these outages of that kind. */
  readonly only?: (outage: Outage) => boolean
  /** How long it must be true before it fires. */
  readonly forSeconds: number
  readonly severity: 'critical' | 'warning' | 'none'
  readonly labels: (outage: Outage) => Readonly<Record<string, string>>
  readonly summary: (outage: Outage) => string
}

const RUNBOOK = 'https://runbooks.bakewise.ai'

function serviceOfDatabase(name: string): string {
  const stem = DATABASE_STEMS.find((candidate) => `${candidate}-db` === name)
  return stem === undefined ? name : serviceOf(stem)
}

export const RULES: readonly Rule[] = [
  {
    name: 'DatabaseDown',
    query: 'pg_up == 0',
    on: 'database',
    forSeconds: 5,
    severity: 'critical',
    labels: ({ name }) => ({ service: name, namespace: NAMESPACE }),
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
    name: 'ServiceDown',
    query: 'kube_deployment_status_replicas_available == 0 and kube_deployment_spec_replicas > 0',
    on: 'workload',
    only: ({ name }) => !DATABASES.includes(name),
    forSeconds: 5,
    severity: 'critical',
    labels: ({ name }) => ({ service: name, namespace: NAMESPACE }),
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

/** The alerts that are pending or firing at a time. */
export function alertsAt(at: Date, outages: readonly Outage[], startedAt: Date): StoryAlert[] {
  const always: Outage = { kind: 'workload', name: '', from: startedAt, to: null }
  return RULES.flatMap((rule) => {
    const causes = rule.on === null ? [always] : outages.filter((outage) => concerns(rule, outage))
    return causes.filter((outage) => isOn(outage, at)).map((outage) => alertOf(rule, outage, at))
  })
}

function concerns({ on, only }: Rule, outage: Outage): boolean {
  return outage.kind === on && (only?.(outage) ?? true)
}

function alertOf(rule: Rule, outage: Outage, at: Date): StoryAlert {
  const { name, severity, forSeconds } = rule
  const fires = at.getTime() - outage.from.getTime() >= forSeconds * 1000
  return {
    labels: { alertname: name, severity, ...rule.labels(outage) },
    annotations: { summary: rule.summary(outage), runbook_url: `${RUNBOOK}/${name}` },
    state: fires ? 'firing' : 'pending',
    activeAt: outage.from,
  }
}
