import { invalidField } from './failures.ts'
import { type Container, isRecord, type PodSpec, type PodTemplate } from './objects.ts'
import type { Resource } from './resources.ts'

/** What the API server fills in where a manifest says nothing, for the kinds whose controllers need it. */
export function withDefaults(resource: Resource, object: Record<string, unknown>): Record<string, unknown> {
  const spec = isRecord(object.spec) ? object.spec : {}
  switch (resource.plural) {
    case 'deployments':
      return { ...object, spec: deploymentSpec(spec) }
    case 'replicasets':
      return { ...object, spec: { replicas: 1, ...spec } }
    case 'pods':
      return { status: PENDING, ...object, spec: podSpec(spec as PodSpec) }
    case 'namespaces':
      return { ...object, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
    case 'secrets':
      return secret(object)
    default:
      return object
  }
}

const PENDING = { phase: 'Pending', qosClass: 'Burstable' }

function deploymentSpec(spec: Record<string, unknown>): Record<string, unknown> {
  const template = spec.template as PodTemplate | undefined
  return {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...spec,
    ...(template ? { template: { ...template, spec: podSpec(template.spec) } } : {}),
  }
}

function podSpec(spec: PodSpec): PodSpec {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    containers: spec.containers.map(container),
  }
}

function container(given: Container): Container {
  const tag = given.image.split('/').at(-1)?.includes(':') === true && !given.image.endsWith(':latest')
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: tag ? 'IfNotPresent' : 'Always',
    ...given,
  }
}

function secret(object: Record<string, unknown>): Record<string, unknown> {
  const { stringData, ...rest } = object
  const given = isRecord(stringData) ? stringData : {}
  const encoded = Object.entries(given).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ])
  const data = isRecord(rest.data) ? rest.data : {}
  return { type: 'Opaque', ...rest, data: { ...data, ...Object.fromEntries(encoded) } }
}

/** The one thing that people get wrong in practice: a negative number of replicas. */
export function validate(resource: Resource, name: string, object: Record<string, unknown>): void {
  const replicas = isRecord(object.spec) ? object.spec.replicas : undefined
  if (typeof replicas === 'number' && replicas < 0) {
    throw invalidField(resource.kind, resource.group, name, {
      name: 'spec.replicas',
      value: replicas,
      mustBe: 'must be greater than or equal to 0',
    })
  }
}
