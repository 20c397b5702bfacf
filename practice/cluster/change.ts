import { checkAddress, checkUid, configurationOf, isTrial, managerOf, manifestOf } from './body.ts'
import type { Cluster } from './cluster.ts'
import { deleteObject, deleteOptions } from './delete.ts'
import { type Exchange, json, type Reply } from './exchange.ts'
import { badRequest, conflict, methodNotAllowed } from './failures.ts'
import type { Manager } from './managed-fields.ts'
import { isRecord, type KubeObject } from './objects.ts'
import { APPLY_PATCH, applyPatch, checkPatchType } from './patch.ts'
import type { ResourceRequest } from './requests.ts'
import type { Resource } from './resources.ts'
import { asObject } from './serialise.ts'
import { changeByApply } from './server-side-apply.ts'
import { checkTypes } from './types.ts'
import { replaceObject } from './writes.ts'

interface Target {
  readonly resource: Resource
  readonly object: KubeObject
  readonly request: ResourceRequest
}

/** GET, PATCH, PUT and DELETE of one object or its status. */
export function change(cluster: Cluster, target: Target, exchange: Exchange): Reply {
  const { resource, object, request } = target
  const answer = (result: KubeObject) => json(200, asObject(resource, result))
  switch (request.verb) {
    case 'get':
      return answer(object)
    case 'patch':
      return answer(patch(cluster, target, exchange))
    case 'update':
      return answer(update(cluster, target, exchange))
    case 'delete':
      return remove(cluster, target, exchange)
    default:
      throw methodNotAllowed()
  }
}

function optionsOf({ request }: Target, exchange: Exchange) {
  const part = request.subresource === 'status' ? 'status' : 'object'
  const manager: Manager = {
    ...managerOf(exchange),
    ...(part === 'status' ? { subresource: 'status' as const } : {}),
  }
  return { part, manager, dryRun: isTrial(request.verb, exchange) } as const
}

function patch(cluster: Cluster, target: Target, exchange: Exchange): KubeObject {
  const { resource, object, request } = target
  const { contentType, body } = exchange
  const options = optionsOf(target, exchange)
  checkPatchType(contentType, resource.custom === true)
  if (contentType === APPLY_PATCH) {
    return changeByApply(cluster, resource, object, configurationOf(body), { request, exchange })
  }
  const patched = applyPatch(object, contentType, body, resource.custom === true)
  if (!isRecord(patched)) throw badRequest('the patch leaves no object')
  checkAddress(patched.metadata, request)
  checkTypes(resource, patched)
  checkUid(resource, object, patched)
  return replaceObject(cluster, resource, object, patched, options)
}

function update(cluster: Cluster, target: Target, exchange: Exchange): KubeObject {
  const { resource, object, request } = target
  const manifest = manifestOf(resource, exchange.body)
  checkAddress(manifest.metadata, request)
  const uid = isRecord(manifest.metadata) ? manifest.metadata.uid : undefined
  if (uid !== undefined && uid !== object.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${String(uid)}, UID in object meta: ${object.metadata.uid}`
    throw conflict(resource, object.metadata.name, why)
  }
  return replaceObject(cluster, resource, object, manifest, optionsOf(target, exchange))
}

function remove(cluster: Cluster, { resource, object, request }: Target, exchange: Exchange): Reply {
  const { query, body } = exchange
  let given: unknown
  try {
    given = body === '' ? {} : JSON.parse(body)
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${String(error)}`)
  }
  const dryRun = isTrial(request.verb, exchange, given)
  const left = deleteObject(cluster, resource, object, { ...deleteOptions(given, query), dryRun })
  if (left !== null || resource.plural === 'pods') return json(200, asObject(resource, left ?? object))
  return json(200, JSON.stringify(deleted(resource, object)))
}

function deleted({ group, plural }: Resource, { metadata }: KubeObject) {
  const details = { name: metadata.name, ...(group === '' ? {} : { group }), kind: plural, uid: metadata.uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}
