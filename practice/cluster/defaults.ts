import { type Container, isRecord, type PodSpec } from './objects.ts'
import { withoutEmpty } from './omit.ts'
import type { Resource } from './resources.ts'

type Fields = Readonly<Record<string, unknown>>

/** What the API server fills in where a manifest says nothing, for the kinds whose controllers need it. */
export function withDefaults(resource: Resource, object: Fields): Record<string, unknown> {
  const said = resource.custom ? object : withoutEmpty(object)
  const fill = FILLERS[resource.plural]
  return fill === undefined ? { ...said } : fill(said, isRecord(said.spec) ? said.spec : {})
}

const FILLERS: Readonly<Record<string, (object: Fields, spec: Fields) => Record<string, unknown>>> = {
  deployments: (object, spec) => ({ status: {}, ...object, spec: workload(DEPLOYMENT, spec) }),
  replicasets: (object, spec) => ({
    status: { replicas: 0 },
    ...object,
    spec: workload({ replicas: 1 }, spec),
  }),
  statefulsets: (object, spec) => ({
    status: { replicas: 0, availableReplicas: 0 },
    ...object,
    spec: withClaims(workload(STATEFUL, spec)),
  }),
  daemonsets: (object, spec) => ({ status: NOTHING_SCHEDULED, ...object, spec: workload(DAEMON, spec) }),
  jobs: (object, spec) => ({ status: {}, ...object, spec: job(spec) }),
  pods: (object, spec) => ({ status: PENDING, ...object, spec: podSpec(spec) }),
  poddisruptionbudgets: (object) => ({ status: NO_DISRUPTIONS, ...object }),
  horizontalpodautoscalers: (object, spec) => ({
    status: { desiredReplicas: 0, currentMetrics: null },
    ...object,
    spec: { minReplicas: 1, ...spec },
  }),
  kustomizations: (object, spec) => ({
    status: { observedGeneration: -1 },
    ...object,
    spec: { force: false, ...spec },
  }),
  persistentvolumeclaims: (object, spec) => ({
    status: { phase: 'Pending' },
    ...object,
    spec: { volumeMode: 'Filesystem', ...spec },
  }),
  namespaces: (object) => ({
    ...object,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }),
  nodes: (object, spec) => ({ ...object, spec }),
  secrets: secret,
}

const PENDING = { phase: 'Pending', qosClass: 'Burstable' }
const NO_DISRUPTIONS = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
const NOTHING_SCHEDULED = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
}
const DEPLOYMENT = {
  replicas: 1,
  strategy: { type: 'RollingUpdate' },
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
}
const STATEFUL = {
  replicas: 1,
  podManagementPolicy: 'OrderedReady',
  updateStrategy: { type: 'RollingUpdate' },
  revisionHistoryLimit: 10,
  persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
}
const DAEMON = { updateStrategy: { type: 'RollingUpdate' }, revisionHistoryLimit: 10 }
/** What a rolling update is when nothing is said about it. */
const ROLLING: Readonly<Record<string, Fields>> = {
  strategy: { maxUnavailable: '25%', maxSurge: '25%' },
  updateStrategy: { partition: 0 },
  daemon: { maxUnavailable: 1, maxSurge: 0 },
}

function workload(defaults: Fields, spec: Fields): Record<string, unknown> {
  const template = isRecord(spec.template) ? spec.template : {}
  const filled: Record<string, unknown> = {
    ...defaults,
    ...withoutNothing(spec),
    template: podTemplate(template, { restartPolicy: 'Always' }),
  }
  const field = 'strategy' in filled ? 'strategy' : 'updateStrategy'
  const strategy = filled[field]
  if (!isRecord(strategy) || strategy.type !== 'RollingUpdate') return filled
  const rolling = defaults === DAEMON ? ROLLING.daemon : ROLLING[field]
  const given = isRecord(strategy.rollingUpdate) ? strategy.rollingUpdate : {}
  return { ...filled, [field]: { ...strategy, rollingUpdate: { ...rolling, ...given } } }
}

/** Claims in a StatefulSet look like those that will be made of them. */
function withClaims(spec: Record<string, unknown>): Record<string, unknown> {
  const { volumeClaimTemplates: templates } = spec
  if (!Array.isArray(templates)) return spec
  const volumeClaimTemplates = templates.map((template: Fields) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    status: { phase: 'Pending' },
    ...template,
    spec: { volumeMode: 'Filesystem', ...(isRecord(template.spec) ? template.spec : {}) },
  }))
  return { ...spec, volumeClaimTemplates }
}

/** A null in a manifest means the same as nothing at all. */
function withoutNothing(spec: Fields): Fields {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null))
}

function podTemplate(template: Fields, more: Fields): Record<string, unknown> {
  const { spec, metadata } = template
  const given: Fields = isRecord(spec) ? spec : {}
  return { metadata: isRecord(metadata) ? metadata : {}, ...template, spec: podSpec({ ...more, ...given }) }
}

function podSpec(spec: Fields): PodSpec {
  const containers = Array.isArray(spec.containers) ? (spec.containers as readonly Container[]) : []
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    containers: containers.map(container),
  }
}

function container(given: Container): Container {
  const image = given.image ?? ''
  const tag = image.split('/').at(-1)?.includes(':') === true && !image.endsWith(':latest')
  const ports = Array.isArray(given.ports) ? given.ports : null
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: tag ? 'IfNotPresent' : 'Always',
    ...given,
    ...(ports === null ? {} : { ports: ports.map((port: Fields) => ({ protocol: 'TCP', ...port })) }),
  }
}

/** What a Job runs; its selector is made when it is created. */
function job(spec: Fields): Record<string, unknown> {
  const template = isRecord(spec.template) ? spec.template : {}
  return {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    ...spec,
    template: podTemplate(template, {}),
  }
}

function secret(object: Fields): Record<string, unknown> {
  const { stringData, ...rest } = object
  const given = isRecord(stringData) ? stringData : {}
  const encoded = Object.entries(given).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ])
  const data = isRecord(rest.data) ? rest.data : {}
  return { type: 'Opaque', ...rest, data: { ...data, ...Object.fromEntries(encoded) } }
}
