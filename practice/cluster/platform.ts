import type { Manifest } from './objects.ts'
import { flux, pipelines, tls } from './platform-extras.ts'
import { DATABASES, NAMESPACE, SERVICES } from './platform-names.ts'

/** The operated platform as Kubernetes objects: what the operations guide describes, as data. */
export function platformManifests(now: Date): Manifest[] {
  return [
    ...[NAMESPACE, 'default', 'kube-system', 'flux-system', 'tekton-pipelines', 'cert-manager'].map(
      namespace,
    ),
    ...NODES.map(node),
    ...SERVICES.flatMap(microservice),
    ...DATABASES.flatMap((name) =>
      workload({ name, component: 'database', image: 'postgres:17-alpine', port: 5432, labels: FLUX }),
    ),
    ...workload({ name: 'redis', component: 'cache', image: 'redis:7.4-alpine', port: 6379, labels: FLUX }),
    ...workload({
      name: 'rabbitmq',
      component: 'queue',
      image: 'rabbitmq:4.1-management-alpine',
      port: 5672,
      servicePort: 15672,
      labels: FLUX,
    }),
    ...workload({
      name: 'signoz-otel-collector',
      component: 'telemetry',
      image: 'signoz/signoz-otel-collector:v0.129.5',
      port: 4317,
      servicePort: 13133,
      labels: { 'app.kubernetes.io/instance': 'signoz' },
    }),
    ...AUTOSCALED.map((name) => autoscaler(name, now)),
    secret(),
    ...tls(now),
    ...flux(now),
    ...pipelines(now),
  ]
}

export const NODES = ['node-1', 'node-2', 'node-3']
const AUTOSCALED = ['orders-service', 'forecasting-service', 'notification-service']
const TWICE = ['gateway', 'auth-service']
const FLUX = {
  'kustomize.toolkit.fluxcd.io/name': 'bakery-ia',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
}

function namespace(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

function node(name: string): Manifest {
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} }
}

interface Workload {
  readonly name: string
  readonly component: string
  readonly image: string
  readonly port: number
  readonly servicePort?: number
  readonly replicas?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly env?: readonly { readonly name: string; readonly value: string }[]
}

function microservice(name: string): Manifest[] {
  return workload({
    name,
    component: 'microservice',
    image: `gitea.bakewise.ai/bakery/${name}:1.4.2`,
    port: 8000,
    replicas: TWICE.includes(name) ? 2 : 1,
    labels: name === 'ai-insights-service' ? {} : FLUX,
    env: [
      { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://signoz-otel-collector:4317' },
      { name: 'ENABLE_TRACING', value: 'true' },
    ],
  })
}

function workload({
  name,
  component,
  image,
  port,
  servicePort,
  replicas = 1,
  labels = {},
  env = [],
}: Workload): Manifest[] {
  const selector = { 'app.kubernetes.io/name': name }
  const both = { ...selector, 'app.kubernetes.io/component': component }
  const container = {
    name,
    image,
    ports: [{ containerPort: port, protocol: 'TCP' }],
    env,
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE, labels: { ...both, ...labels } },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: { metadata: { labels: both }, spec: { containers: [container] } },
    },
  }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: { selector, ports: [{ port: servicePort ?? port, protocol: 'TCP' }] },
  }
  return [deployment, service]
}

function autoscaler(name: string, now: Date): Manifest {
  const at = now.toISOString()
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastTransitionTime: at,
    reason,
    message,
  })
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: `${name}-hpa`, namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
    status: {
      currentReplicas: 1,
      desiredReplicas: 1,
      currentMetrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', current: { averageValue: '31m', averageUtilization: 31 } },
        },
      ],
      conditions: [
        condition('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'),
        condition(
          'ScalingActive',
          'True',
          'ValidMetricFound',
          'the HPA was able to calculate a replica count',
        ),
        condition(
          'ScalingLimited',
          'False',
          'DesiredWithinRange',
          'the desired count is within the acceptable range',
        ),
      ],
    },
  }
}

/** Its values are canaries: they must never be seen outside the cluster. */
function secret(): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bakery-ia-secrets', namespace: NAMESPACE },
    stringData: {
      AUTH_DB_PASSWORD: 'Tr0ub4dor-and-3-canaries',
      JWT_SECRET_KEY: 'canary-jwt-0123456789abcdef',
    },
  }
}
