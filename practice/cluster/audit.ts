import { appendFileSync } from 'node:fs'
import type { Identity } from './access.ts'
import { withDefaults } from './defaults.ts'
import type { Status } from './failures.ts'
import { isRecord, valueAt } from './objects.ts'
import type { RequestInfo, ResourceRequest } from './requests.ts'
import { findResource } from './resources.ts'

/** One write as the API server's own audit log has it: `audit.k8s.io/v1`, level Request, stage ResponseComplete. */
export interface AuditEvent {
  readonly kind: 'Event'
  readonly apiVersion: 'audit.k8s.io/v1'
  readonly level: 'Request'
  /** As in the response's header `Audit-Id`. */
  readonly auditID: string
  readonly stage: 'ResponseComplete'
  readonly requestURI: string
  readonly verb: string
  readonly user: { readonly username: string; readonly groups: readonly string[] }
  readonly sourceIPs: readonly string[]
  readonly userAgent?: string
  readonly objectRef: Readonly<Record<string, string>>
  readonly responseStatus: Readonly<Record<string, unknown>>
  readonly requestObject?: unknown
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations: Readonly<Record<string, string>>
}

export interface AuditLog {
  events(): readonly AuditEvent[]
  record(event: AuditEvent): void
}

const KEPT = 20_000

/** Keeps the events, and writes each as a line of JSON to a file when one is named. */
export function createAuditLog(file?: string): AuditLog {
  const kept: AuditEvent[] = []
  return {
    events: () => kept,
    record(event) {
      kept.push(event)
      if (kept.length > KEPT) kept.shift()
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(event)}\n`)
    },
  }
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])
/** Questions about access and what components report are no changes. */
const LEFT_OUT = new Set([
  'authorization.k8s.io',
  'authentication.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
])

/** Whether the log has this request: every write, whatever came of it. */
export function isAudited(info: RequestInfo): info is ResourceRequest {
  if (info.kind !== 'resource' || !WRITES.has(info.verb) || LEFT_OUT.has(info.group)) return false
  return info.group !== '' || info.plural !== 'events'
}

export interface Handled {
  readonly auditID: string
  readonly requestURI: string
  readonly userAgent: string
  readonly identity: Identity
  readonly request: ResourceRequest
  readonly body: string
  readonly code: number
  /** What was answered, where it is a text. */
  readonly answer: string
  readonly receivedAt: Date
  readonly at: Date
}

/** The event of a request that has been answered. */
export function auditEvent(handled: Handled): AuditEvent {
  const { auditID, requestURI, userAgent, identity, request, body, code, answer, receivedAt, at } = handled
  const requestObject = sentObject(request, parsed(body))
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Request',
    auditID,
    stage: 'ResponseComplete',
    requestURI,
    verb: request.verb,
    user: { username: identity.name, groups: groupsOf(identity.name) },
    sourceIPs: ['127.0.0.1'],
    ...(userAgent === '' ? {} : { userAgent }),
    objectRef: referenceOf(request, request.verb === 'patch' ? null : requestObject),
    responseStatus: statusOf(code, parsed(answer)),
    ...(isRecord(requestObject) || Array.isArray(requestObject) ? { requestObject } : {}),
    requestReceivedTimestamp: micro(receivedAt),
    stageTimestamp: micro(at),
    annotations: {
      'authorization.k8s.io/decision': isForbidden(code, parsed(answer)) ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': '',
    },
  }
}

/** What was sent, as the API server understood it: with its defaults, or with the kind that a deletion's options have. */
function sentObject({ group, version, plural, subresource, verb }: ResourceRequest, sent: unknown): unknown {
  if (!isRecord(sent)) return sent
  if (verb === 'delete') return { ...sent, kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/__internal' }
  const resource = verb === 'patch' || subresource !== null ? undefined : findResource(group, version, plural)
  return resource ? withDefaults(resource, sent) : sent
}

const micro = (at: Date) => at.toISOString().replace('Z', '000Z')

function groupsOf(user: string): readonly string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):/.exec(user) ?? []
  if (user === 'admin') return ['system:masters', 'system:authenticated']
  if (namespace === undefined)
    return [user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated']
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
}

/** What the address names, and what it leaves open from the object that was sent. */
function referenceOf(request: ResourceRequest, sent: unknown): Record<string, string> {
  const { plural, namespace, name, group, version, subresource } = request
  const own = (key: string) => {
    const value = valueAt(sent, ['metadata', key])
    return typeof value === 'string' && value !== '' ? value : null
  }
  const fields = {
    resource: plural,
    namespace,
    name: name ?? own('name'),
    uid: own('uid'),
    apiGroup: group === '' ? null : group,
    apiVersion: version,
    resourceVersion: own('resourceVersion'),
    subresource,
  }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
  )
}

/** A Status as it is, without what every Status has; of an object that was answered only the code. */
function statusOf(code: number, answer: unknown): Record<string, unknown> {
  if (!isRecord(answer) || answer.kind !== 'Status') return { metadata: {}, code }
  const { kind: _kind, apiVersion: _version, ...said } = answer as unknown as Status
  return { ...said, code }
}

/** Refused by the rules of access: an admission that refuses answers 403 as well, but was let in. */
function isForbidden(code: number, answer: unknown): boolean {
  return code === 403 && / cannot \w+ (resource|path) "/.test(String(valueAt(answer, ['message'])))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
