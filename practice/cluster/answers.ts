import { type Identity, isAllowed } from './access.ts'
import type { Cluster } from './cluster.ts'
import { type Exchange, json, type Reply } from './exchange.ts'
import { badRequest, methodNotAllowed, noSuchResource, notFound } from './failures.ts'
import { list, selectionOf } from './list.ts'
import { metrics } from './metrics.ts'
import { isRecord, type KubeObject, type Manifest, type Pod } from './objects.ts'
import { applyPatch } from './patch.ts'
import { podLog } from './pod-log.ts'
import type { ResourceRequest } from './requests.ts'
import { findResource, type Resource } from './resources.ts'
import { asObject } from './serialise.ts'
import { type WatchOptions, watch } from './watch.ts'
import { createObject, type DeleteOptions, deleteObject, replaceObject } from './writes.ts'

export interface Context {
  readonly cluster: Cluster
  readonly identity: Identity
  readonly options: WatchOptions
}

/** Answers a request for a resource, which the caller is already allowed to make. */
export function answerResource(context: Context, request: ResourceRequest, exchange: Exchange): Reply {
  const { cluster, identity, options } = context
  const { query, response, lasting } = exchange
  if (request.group === 'metrics.k8s.io') {
    return json(200, JSON.stringify(metrics(cluster, request, query)))
  }
  if (request.group === 'authorization.k8s.io') return review(identity, request, exchange)
  const resource = resolve(request)
  if (request.verb === 'list') {
    const text = list(cluster.store, selectionOf(resource, request.namespace, query), query)
    return json(200, text)
  }
  if (request.verb === 'watch') {
    const selection = selectionOf(resource, request.namespace, query)
    lasting(watch(cluster, selection, { query, response, ...options }))
    return 'streamed'
  }
  if (request.verb === 'create') return create(cluster, resource, request, exchange)
  const object = cluster.store.get(resource.storedAs ?? resource, request.namespace, request.name ?? '')
  if (request.name === null) throw methodNotAllowed()
  if (!object) throw notFound(resource, request.name)
  if (request.subresource === 'log') {
    lasting(podLog(cluster, object as Pod, query, response))
    return 'streamed'
  }
  return change(cluster, { resource, object, request }, exchange)
}

/** The resource that an address means; 404 when there is none, or not at this scope. */
function resolve({ group, version, plural, namespace, name, subresource, verb }: ResourceRequest): Resource {
  const resource = findResource(group, version, plural)
  if (!resource) throw noSuchResource()
  const elsewhere = resource.namespaced
    ? namespace === null && (name !== null || verb === 'create')
    : namespace !== null && plural !== 'namespaces'
  if (elsewhere) throw noSuchResource()
  if (subresource !== null && !resource.subresources?.includes(subresource)) throw noSuchResource()
  return resource
}

function create(cluster: Cluster, resource: Resource, request: ResourceRequest, exchange: Exchange): Reply {
  if (request.name !== null || resource.storedAs) throw methodNotAllowed()
  const { query, body } = exchange
  const { metadata, status: _status, ...rest } = manifestOf(resource, body)
  const given = isRecord(metadata) ? metadata : {}
  const inside = request.namespace === null ? {} : { namespace: request.namespace }
  const manifest = { ...rest, metadata: { ...given, ...inside } } as Manifest
  const made = createObject(cluster, resource, manifest, { dryRun: query.has('dryRun') })
  return json(201, asObject(resource, made))
}

interface Target {
  readonly resource: Resource
  readonly object: KubeObject
  readonly request: ResourceRequest
}

function change(cluster: Cluster, { resource, object, request }: Target, exchange: Exchange): Reply {
  const { query, contentType, body } = exchange
  const part = request.subresource === 'status' ? 'status' : 'object'
  const options = { part, dryRun: query.has('dryRun') } as const
  const answer = (result: KubeObject) => json(200, asObject(resource, result))
  if (request.verb === 'get') return answer(object)
  if (resource.storedAs) throw methodNotAllowed()
  if (request.verb === 'patch') {
    const patched = applyPatch(object, contentType, body, resource.custom === true)
    if (!isRecord(patched)) throw badRequest('the patch leaves no object')
    return answer(replaceObject(cluster, resource, object, patched, options))
  }
  if (request.verb === 'update') {
    return answer(replaceObject(cluster, resource, object, manifestOf(resource, body), options))
  }
  if (request.verb !== 'delete') throw methodNotAllowed()
  const left = deleteObject(cluster, resource, object, {
    ...deleteOptions(query, body),
    dryRun: options.dryRun,
  })
  if (left !== null || resource.plural === 'pods') return answer(left ?? object)
  return json(200, JSON.stringify(deleted(resource, object)))
}

function deleted({ group, plural }: Resource, { metadata }: KubeObject) {
  const details = { name: metadata.name, ...(group === '' ? {} : { group }), kind: plural, uid: metadata.uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

function deleteOptions(query: URLSearchParams, body: string): DeleteOptions {
  const given: unknown = body === '' ? {} : JSON.parse(body)
  const options = isRecord(given) ? given : {}
  const grace = query.get('gracePeriodSeconds') ?? options.gracePeriodSeconds
  return {
    ...(isRecord(options.preconditions) ? { preconditions: options.preconditions } : {}),
    ...(grace === undefined || grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
  }
}

function manifestOf({ kind }: Resource, body: string): Record<string, unknown> {
  const unrecognised = (why: string) =>
    badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch (error) {
    throw unrecognised(`couldn't get version/kind; json parse error: ${String(error)}`)
  }
  if (!isRecord(parsed)) throw unrecognised('it is no object')
  return parsed
}

/** SelfSubjectAccessReview: whether the caller may do something. */
function review(identity: Identity, request: ResourceRequest, { body }: Exchange): Reply {
  if (request.plural !== 'selfsubjectaccessreviews') throw noSuchResource()
  if (request.verb !== 'create') throw methodNotAllowed()
  const given = manifestOf({ kind: 'SelfSubjectAccessReview' } as Resource, body)
  const spec = isRecord(given.spec) ? given.spec : {}
  const asked = isRecord(spec.resourceAttributes) ? spec.resourceAttributes : {}
  const text = (key: string) => (typeof asked[key] === 'string' && asked[key] !== '' ? asked[key] : null)
  const allowed = isAllowed(identity, {
    kind: 'resource',
    verb: text('verb') ?? '',
    group: text('group') ?? '',
    version: text('version') ?? '',
    plural: text('resource') ?? '',
    namespace: text('namespace'),
    name: text('name'),
    subresource: text('subresource'),
  })
  const answer = { ...given, kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' }
  return json(201, JSON.stringify({ metadata: {}, ...answer, status: { allowed } }))
}
