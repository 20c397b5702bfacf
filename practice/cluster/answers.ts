import type { Identity } from './access.ts'
import { checkAddress, configurationOf, isTrial, managerOf, manifestOf } from './body.ts'
import { change } from './change.ts'
import type { Cluster } from './cluster.ts'
import { deleteObject, deleteOptions } from './delete.ts'
import { evict } from './eviction.ts'
import { type Exchange, json, type Reply } from './exchange.ts'
import { badRequest, methodNotAllowed, noSuchResource, notFound } from './failures.ts'
import { list, selectionOf } from './list.ts'
import { metrics } from './metrics.ts'
import { isRecord, type Manifest, type Pod } from './objects.ts'
import { APPLY_PATCH } from './patch.ts'
import { podLog } from './pod-log.ts'
import type { ResourceRequest } from './requests.ts'
import { findResource, type Resource } from './resources.ts'
import { review } from './review.ts'
import { answerScale } from './scale.ts'
import { asObject } from './serialise.ts'
import { createByApply } from './server-side-apply.ts'
import { type WatchOptions, watch } from './watch.ts'
import { createObject } from './writes.ts'

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
  const { verb } = request
  if (verb === 'list') {
    const text = list(cluster.store, selectionOf(resource, request.namespace, query), query)
    return json(200, text)
  }
  if (verb === 'watch') {
    const selection = selectionOf(resource, request.namespace, query)
    lasting(watch(cluster, selection, { query, response, ...options }))
    return 'streamed'
  }
  if (resource.storedAs && verb !== 'get') throw methodNotAllowed()
  if (verb === 'deletecollection') return deleteCollection(cluster, resource, request, exchange)
  if (request.name === null) {
    if (verb !== 'create') throw methodNotAllowed()
    return create(cluster, resource, request, exchange)
  }
  return answerObject(cluster, resource, { ...request, name: request.name }, exchange)
}

function answerObject(
  cluster: Cluster,
  resource: Resource,
  request: ResourceRequest & { name: string },
  exchange: Exchange,
): Reply {
  const { query, response, lasting, contentType } = exchange
  const { verb, name, namespace, subresource } = request
  const object = cluster.store.get(resource.storedAs ?? resource, namespace, name)
  if (!object) {
    const isApply = verb === 'patch' && contentType === APPLY_PATCH && subresource === null
    if (!isApply) throw notFound(resource, name)
    const config = configurationOf(exchange.body)
    return json(201, asObject(resource, createByApply(cluster, resource, config, { request, exchange })))
  }
  const target = { resource, object, request }
  if (subresource === 'log') {
    lasting(podLog(cluster, object as Pod, query, response))
    return 'streamed'
  }
  if (subresource === 'exec') throw badRequest('Upgrade request required')
  if (subresource === 'eviction') return evict(cluster, object as Pod, verb, exchange)
  if (subresource === 'scale') return answerScale(cluster, { resource, object, verb }, exchange)
  return change(cluster, target, exchange)
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
  const { metadata, status: _status, ...rest } = manifestOf(resource, exchange.body)
  const given = isRecord(metadata) ? metadata : {}
  checkAddress(given, request)
  const inside = request.namespace === null ? {} : { namespace: request.namespace }
  const manifest = { ...rest, metadata: { ...given, ...inside } } as Manifest
  const options = { dryRun: isTrial('create', exchange), manager: managerOf(exchange) }
  return json(201, asObject(resource, createObject(cluster, resource, manifest, options)))
}

/** Deletes everything that is selected; answers what that was. */
function deleteCollection(
  cluster: Cluster,
  resource: Resource,
  { namespace, verb }: ResourceRequest,
  exchange: Exchange,
): Reply {
  const { query, body } = exchange
  const given: unknown = body === '' ? {} : JSON.parse(body)
  const selection = selectionOf(resource, namespace, query)
  const options = { ...deleteOptions(given, query), dryRun: isTrial(verb, exchange, given) }
  const text = list(cluster.store, selection, new URLSearchParams(selectorsOf(query)))
  for (const object of cluster.store.list(resource, namespace)) {
    if (selection.matches(object)) deleteObject(cluster, resource, object, options)
  }
  return json(200, text)
}

const selectorsOf = (query: URLSearchParams) =>
  [...query].filter(([key]) => key === 'labelSelector' || key === 'fieldSelector')
