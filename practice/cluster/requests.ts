/** What one HTTP request asks of the API, as RBAC sees it. */
export interface ResourceRequest {
  readonly kind: 'resource'
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string | null
  readonly name: string | null
  readonly subresource: string | null
}
export interface PathRequest {
  readonly kind: 'path'
  readonly verb: string
  readonly path: string
}
export type RequestInfo = ResourceRequest | PathRequest

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Reads method and address the way the API server does, without knowing which resources exist. */
export function readRequest(method: string, { pathname, searchParams }: URL): RequestInfo {
  const parts = pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const path: PathRequest = { kind: 'path', verb: method.toLowerCase(), path: pathname }
  const [root, ...rest] = parts
  if (root === 'api' && rest.length >= 2) return resource('', rest[0] ?? '', rest.slice(1))
  if (root === 'apis' && rest.length >= 3) return resource(rest[0] ?? '', rest[1] ?? '', rest.slice(2))
  return path

  function resource(group: string, version: string, found: readonly string[]): ResourceRequest {
    const inside = found[0] === 'namespaces' && found.length > 2 && !NAMESPACE_PARTS.has(found[2] ?? '')
    const [plural = '', name = null, subresource = null] = inside ? found.slice(2) : found
    const namespace = found[0] === 'namespaces' && found.length > 1 ? (found[1] ?? null) : null
    const verb = verbOf(method, name, searchParams)
    return { kind: 'resource', verb, group, version, plural, namespace, name, subresource }
  }
}

/** What may stand after a namespace's name and belongs to the namespace itself. */
const NAMESPACE_PARTS = new Set(['status', 'finalize'])

function verbOf(method: string, name: string | null, query: URLSearchParams): string {
  if (method === 'GET' || method === 'HEAD') {
    if (isTrue(query.get('watch'))) return 'watch'
    return name === null ? 'list' : 'get'
  }
  if (method === 'DELETE' && name === null) return 'deletecollection'
  return VERBS[method] ?? method.toLowerCase()
}

/** `true` and `1`, and a parameter without a value, switch something on. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0'
}
