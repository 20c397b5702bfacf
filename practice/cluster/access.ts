import { forbidden, forbiddenPath, unauthorized } from './failures.ts'
import type { RequestInfo } from './requests.ts'

/** A rule of RBAC in the words of a Role: `*` stands for all. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[] | undefined
  readonly resources?: readonly string[] | undefined
  readonly resourceNames?: readonly string[] | undefined
  readonly nonResourceURLs?: readonly string[] | undefined
  readonly verbs: readonly string[]
  /** Only in this namespace, as when a RoleBinding gives it; everywhere when missing. */
  readonly namespace?: string
}

export interface User {
  readonly name: string
  readonly token: string
  readonly rules: readonly PolicyRule[]
}

/** May do everything. */
export const ADMIN_RULES: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

const ANONYMOUS = { name: 'system:anonymous', rules: [] }
/** What everybody may ask, with or without a token (`system:public-info-viewer`, `system:discovery`). */
const PUBLIC = ['/version', '/readyz', '/livez', '/healthz']
const DISCOVERY = ['/api', '/apis', '/openapi']

/** Everybody with a name may ask what they may do (`system:basic-user`). */
const BASIC_USER: readonly PolicyRule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] },
]

export interface Identity {
  readonly name: string
  readonly rules: readonly PolicyRule[]
}

/** Who a request comes from. No token at all is the anonymous user; a token that nobody has is refused with 401. */
export function authenticate(users: readonly User[], authorization: string | undefined): Identity {
  if (authorization === undefined) return ANONYMOUS
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1]
  const user = users.find((candidate) => candidate.token === token)
  if (!user) throw unauthorized()
  return user
}

/** Throws 403 in the API server's words unless a rule allows the request. */
export function authorise(identity: Identity, request: RequestInfo): void {
  if (isAllowed(identity, request)) return
  if (request.kind === 'path') throw forbiddenPath(identity.name, request.verb, request.path)
  throw forbidden({ ...request, user: identity.name })
}

export function isAllowed({ name, rules }: Identity, request: RequestInfo): boolean {
  if (request.kind === 'resource') {
    const everybodys = name === ANONYMOUS.name ? [] : BASIC_USER
    return [...everybodys, ...rules].some((rule) => allowsResource(rule, request))
  }
  const { path, verb } = request
  if (under(PUBLIC, path)) return true
  if (name !== ANONYMOUS.name && under(DISCOVERY, path)) return true
  return rules.some((rule) => includes(rule.verbs, verb) && includes(rule.nonResourceURLs, path))
}

function under(roots: readonly string[], path: string): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}/`))
}

function allowsResource(rule: PolicyRule, request: Extract<RequestInfo, { kind: 'resource' }>): boolean {
  const { verb, group, plural, subresource, namespace, name } = request
  const what = subresource === null ? plural : `${plural}/${subresource}`
  return (
    includes(rule.verbs, verb) &&
    includes(rule.apiGroups, group) &&
    (includes(rule.resources, what) || rule.resources?.includes(`*/${subresource}`) === true) &&
    (rule.resourceNames === undefined || (name !== null && rule.resourceNames.includes(name))) &&
    (rule.namespace === undefined || rule.namespace === namespace)
  )
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value))
}
