import { badRequest, expired, Refusal } from './failures.ts'
import type { KubeObject } from './objects.ts'
import type { Resource } from './resources.ts'
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts'
import { asList } from './serialise.ts'
import { keyOf, type Store } from './store.ts'

/** What list and watch understand alike. */
export interface Selection {
  readonly resource: Resource
  readonly namespace: string | null
  readonly matches: Matcher
  readonly selects: boolean
}

export function selectionOf(resource: Resource, namespace: string | null, query: URLSearchParams): Selection {
  const labels = labelMatcher(query.get('labelSelector'))
  const fields = fieldMatcher(query.get('fieldSelector'), resource)
  const view = resource.view ?? ((object: KubeObject) => object)
  const inNamespace = (object: KubeObject) => namespace === null || object.metadata.namespace === namespace
  return {
    resource,
    namespace,
    matches: (object) => inNamespace(object) && labels(object) && fields(view(object)),
    selects: Boolean(query.get('labelSelector') || query.get('fieldSelector')),
  }
}

export function integer(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null || text === '') return null
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`)
  return Number(text)
}

/** `resourceVersion`, refused when it is no number or not there yet. */
export function versionOf(query: URLSearchParams, newest: number): number | null {
  const text = query.get('resourceVersion')
  if (text === null || text === '') return null
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing "${text}": invalid syntax`
    throw new Refusal(500, '', `resourceVersion: Invalid value: "${text}": ${why}`)
  }
  const version = Number(text)
  if (version > newest && !query.has('watch')) throw tooLarge(version, newest)
  return version
}

function tooLarge(version: number, newest: number): Refusal {
  return new Refusal(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${newest}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

/** GET of a collection: everything at once, or `limit` at a time, each page from the same moment. */
export function list(store: Store, selection: Selection, query: URLSearchParams): string {
  const { resource, namespace, matches, selects } = selection
  const limit = integer(query, 'limit') ?? 0
  const token = readToken(query.get('continue'))
  const wanted = versionOf(query, store.version())
  const exact = query.get('resourceVersionMatch') === 'Exact' ? wanted : null
  const version = token?.version ?? exact ?? store.version()
  const stored = resource.storedAs ?? resource

  const all = store.at(stored, version)
  if (all === null) throw token ? expired(TOO_OLD) : expired(tooOld(version, store.version()))
  const inScope = all.filter((object) => namespace === null || object.metadata.namespace === namespace)
  const rest = token ? inScope.filter((object) => key(object) > token.after) : inScope
  const matching = rest.filter(matches)
  const page = limit > 0 ? matching.slice(0, limit) : matching
  const last = page.at(-1)
  if (page.length === matching.length || last === undefined) {
    return asList(resource, page, { resourceVersion: version })
  }
  return asList(resource, page, {
    resourceVersion: version,
    continue: writeToken({ version, after: key(last) }),
    ...(selects ? {} : { remainingItemCount: matching.length - page.length }),
  })
}

const key = ({ metadata }: KubeObject) => keyOf(metadata.namespace, metadata.name)

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.'

export function tooOld(version: number, newest: number): string {
  return `too old resource version: ${version} (${newest})`
}

interface Token {
  readonly version: number
  readonly after: string
}

function writeToken({ version, after }: Token): string {
  return Buffer.from(JSON.stringify({ v: 'practice/v1', rv: version, start: after })).toString('base64url')
}

function readToken(text: string | null): Token | null {
  if (text === null || text === '') return null
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    const { rv, start } = token as { rv?: unknown; start?: unknown }
    if (typeof rv === 'number' && typeof start === 'string') return { version: rv, after: start }
  } catch {
    // not one of ours: refused below
  }
  throw badRequest('invalid continue token: continue key is not valid')
}
