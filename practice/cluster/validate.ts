import { Invalid } from './failures.ts'
import { canonical, isRecord, type KubeObject, valueAt } from './objects.ts'
import type { Resource } from './resources.ts'

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const NAME_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const WORKLOADS = new Set(['deployments', 'replicasets', 'statefulsets', 'daemonsets'])
/** What may change in the specification of a StatefulSet. */
const MUTABLE = new Set([
  ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'minReadySeconds'],
  'persistentVolumeClaimRetentionPolicy',
])

/** What people get wrong in practice, refused with 422 in the API server's words. */
export function validate(
  resource: Resource,
  name: string,
  object: KubeObject,
  before: KubeObject | null,
): void {
  const invalid = new Invalid(resource, name)
  if (before === null && !NAME.test(name)) invalid.add('metadata.name', name, NAME_RULE)
  if (WORKLOADS.has(resource.plural)) validateWorkload(invalid, resource, object, before)
  if (resource.plural === 'horizontalpodautoscalers') validateBounds(invalid, object)
  if (resource.plural === 'pods') validateContainers(invalid, valueAt(object, ['spec']), 'spec')
  invalid.throwIfAny()
}

function validateWorkload(
  invalid: Invalid,
  resource: Resource,
  object: KubeObject,
  before: KubeObject | null,
): void {
  const spec = isRecord(object.spec) ? object.spec : {}
  const old = isRecord(before?.spec) ? before.spec : undefined
  if (resource.plural === 'statefulsets' && old) validateFrozen(invalid, spec, old)
  const { replicas } = spec
  if (typeof replicas === 'number' && replicas < 0) {
    invalid.add('spec.replicas', replicas, 'must be greater than or equal to 0')
  }
  if (!isRecord(spec.selector)) invalid.addRequired('spec.selector')
  const labels = valueAt(spec, ['template', 'metadata', 'labels']) ?? null
  const wanted = valueAt(spec, ['selector', 'matchLabels'])
  const matches =
    isRecord(wanted) && Object.entries(wanted).every(([key, value]) => valueAt(labels, [key]) === value)
  if (!matches) {
    invalid.add('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')
  }
  validateContainers(invalid, valueAt(spec, ['template', 'spec']), 'spec.template.spec')
  if (old && resource.plural !== 'statefulsets' && canonical(old.selector) !== canonical(spec.selector)) {
    invalid.add('spec.selector', spec.selector, 'field is immutable')
  }
}

function validateFrozen(
  invalid: Invalid,
  spec: Readonly<Record<string, unknown>>,
  old: Readonly<Record<string, unknown>>,
): void {
  const frozen = [...new Set([...Object.keys(spec), ...Object.keys(old)])].filter((key) => !MUTABLE.has(key))
  if (frozen.every((key) => canonical(spec[key]) === canonical(old[key]))) return
  invalid.addForbidden(
    'spec',
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  )
}

function validateContainers(invalid: Invalid, pod: unknown, at: string): void {
  const containers = valueAt(pod, ['containers'])
  if (!Array.isArray(containers) || containers.length === 0) {
    invalid.addRequired(`${at}.containers`)
    return
  }
  for (const [index, container] of containers.entries()) {
    const image = valueAt(container, ['image'])
    if (typeof image !== 'string' || image === '') invalid.addRequired(`${at}.containers[${index}].image`)
  }
}

function validateBounds(invalid: Invalid, { spec }: KubeObject): void {
  const least = valueAt(spec, ['minReplicas'])
  const most = valueAt(spec, ['maxReplicas'])
  if (typeof least === 'number' && least < 1) {
    invalid.add('spec.minReplicas', least, 'must be greater than or equal to 1')
    const why = 'must specify at least one Object or External metric to support scaling to zero replicas'
    if (least === 0) invalid.addForbidden('spec.metrics', why)
  }
  if (typeof most !== 'number' || most < 1)
    invalid.add('spec.maxReplicas', most ?? 0, 'must be greater than 0')
  else if (typeof least === 'number' && most < least) {
    invalid.add('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')
  }
}
