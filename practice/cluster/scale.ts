import { isTrial, managerOf, manifestOf } from './body.ts'
import type { Cluster } from './cluster.ts'
import { type Exchange, json, type Reply } from './exchange.ts'
import { badRequest, conflict, Invalid, methodNotAllowed } from './failures.ts'
import { isRecord, type KubeObject, type Selector, valueAt } from './objects.ts'
import { applyPatch } from './patch.ts'
import type { Resource } from './resources.ts'
import { replaceObject } from './writes.ts'

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** The `scale` subresource: how many replicas a workload wants and has, in one form for all kinds. */
export function answerScale(
  cluster: Cluster,
  { resource, object, verb }: { resource: Resource; object: KubeObject; verb: string },
  exchange: Exchange,
): Reply {
  const current = scaleOf(object)
  if (verb === 'get') return json(200, JSON.stringify(current))
  if (verb !== 'patch' && verb !== 'update') throw methodNotAllowed()
  const { contentType, body } = exchange
  const wanted = verb === 'update' ? manifestOf(SCALE, body) : applyPatch(current, contentType, body, false)
  if (!isRecord(wanted)) throw badRequest('the patch leaves no object')
  const { name, resourceVersion } = object.metadata
  const based = valueAt(wanted, ['metadata', 'resourceVersion'])
  if (based !== undefined && based !== '' && based !== resourceVersion) throw conflict(resource, name)
  const replicas = valueAt(wanted, ['spec', 'replicas']) ?? 0
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest(`spec.replicas: found ${JSON.stringify(replicas)}, expected a whole number`)
  }
  if (replicas < 0) {
    throw new Invalid(SCALE, name).wrong('spec.replicas', replicas, 'must be greater than or equal to 0')
  }
  const spec = { ...(isRecord(object.spec) ? object.spec : {}), replicas }
  const manager = { ...managerOf(exchange), subresource: 'scale' } as const
  const options = { manager, dryRun: isTrial(verb, exchange) }
  const scaled = replaceObject(cluster, resource, object, { ...object, spec }, options)
  return json(200, JSON.stringify(scaleOf(scaled)))
}

function scaleOf({ metadata, spec, status }: KubeObject) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const wanted = valueAt(spec, ['replicas'])
  const { matchLabels = {} } = (valueAt(spec, ['selector']) ?? {}) as Selector
  const selector = Object.entries(matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: wanted === 0 ? {} : { replicas: wanted },
    status: { replicas: valueAt(status, ['replicas']) ?? 0, selector },
  }
}
