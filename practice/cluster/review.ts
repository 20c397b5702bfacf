import { type Identity, isAllowed } from './access.ts'
import { manifestOf } from './body.ts'
import { type Exchange, json, type Reply } from './exchange.ts'
import { Invalid, methodNotAllowed, noSuchResource } from './failures.ts'
import { isRecord } from './objects.ts'
import type { RequestInfo, ResourceRequest } from './requests.ts'

const REVIEW = { group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectAccessReview' }

/** SelfSubjectAccessReview: whether the caller may do something. */
export function review(identity: Identity, request: ResourceRequest, { body }: Exchange): Reply {
  if (request.plural !== 'selfsubjectaccessreviews') throw noSuchResource()
  if (request.verb !== 'create') throw methodNotAllowed()
  const given = manifestOf(REVIEW, body)
  const allowed = isAllowed(identity, questionOf(isRecord(given.spec) ? given.spec : {}))
  const answer = { kind: REVIEW.kind, apiVersion: `${REVIEW.group}/${REVIEW.version}` }
  return json(201, JSON.stringify({ ...answer, metadata: {}, spec: given.spec, status: { allowed } }))
}

function questionOf({ resourceAttributes, nonResourceAttributes }: Record<string, unknown>): RequestInfo {
  if (isRecord(nonResourceAttributes)) {
    return {
      kind: 'path',
      verb: String(nonResourceAttributes.verb),
      path: String(nonResourceAttributes.path),
    }
  }
  if (!isRecord(resourceAttributes)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    throw new Invalid({ group: REVIEW.group, kind: '' }, '').wrong('spec.resourceAttributes', null, why)
  }
  const text = (key: string) => {
    const value = resourceAttributes[key]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    kind: 'resource',
    verb: text('verb') ?? '',
    group: text('group') ?? '',
    version: text('version') ?? '',
    plural: text('resource') ?? '',
    namespace: text('namespace'),
    name: text('name'),
    subresource: text('subresource'),
  }
}
