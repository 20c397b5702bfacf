import { type Patch, WriteFailure, type WriteRequest } from '../../core/ports/objects.ts'
import { at } from '../../core/raw.ts'
import { objectName } from '../../core/steps.ts'
import type { ApiWrite } from './exchange.ts'
import { KINDS } from './kinds.ts'
import { pathOf } from './resources.ts'

/** Flux takes over and removes what a manager whose name begins with `kubectl` has written. */
const FIELD_MANAGER = 'bakery'

const CONTENT_TYPES: Readonly<Record<Patch['format'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/** How a write is sent. `rehearse`: the API server does everything but keep it. Throws `WriteFailure` when the patch is not bound to its object's UID. */
export function apiWrite(request: WriteRequest, rehearse: boolean): ApiWrite {
  switch (request.verb) {
    case 'patch':
      return patchOf(request, rehearse)
    case 'delete':
      return deletionOf(request, rehearse)
    case 'evict':
      return evictionOf(request, rehearse)
  }
}

type RequestOf<Verb extends WriteRequest['verb']> = Extract<WriteRequest, { readonly verb: Verb }>

function patchOf({ ref, patch }: RequestOf<'patch'>, rehearse: boolean): ApiWrite {
  if (boundTo(patch) !== ref.uid) throw unbound(objectName(ref))
  return {
    ...placeOf(ref, 'patch'),
    method: 'PATCH',
    query: { fieldManager: FIELD_MANAGER, ...dryRun(rehearse) },
    contentType: CONTENT_TYPES[patch.format],
    body: bodyOf(patch),
  }
}

/** A fault of Bakery's own: sent, it could change another object of the same name. */
function unbound(name: string): WriteFailure {
  const message = `Nothing was sent, so ${name} was not changed: the patch does not hold for its UID alone.`
  return new WriteFailure({ kind: 'unsent', message })
}

function bodyOf(patch: Patch): string {
  switch (patch.format) {
    case 'json':
      return JSON.stringify(patch.operations)
    case 'merge':
      return JSON.stringify(patch.body)
    case 'strategic':
      return patch.text
  }
}

/** The UID that a patch holds for: its first test, or what it says of the object itself. */
function boundTo(patch: Patch): unknown {
  switch (patch.format) {
    case 'json':
      return patch.operations.find(({ op, path }) => op === 'test' && path === '/metadata/uid')?.value
    case 'merge':
      return at(patch.body, 'metadata', 'uid')
    case 'strategic':
      return at(parsed(patch.text), 'metadata', 'uid')
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** With a body, the API server does not look at the query of a deletion: there it is for whoever reads the audit log. */
function deletionOf({ ref, resourceVersion }: RequestOf<'delete'>, rehearse: boolean): ApiWrite {
  const version = resourceVersion === undefined ? {} : { resourceVersion }
  return {
    ...placeOf(ref, 'delete'),
    method: 'DELETE',
    query: dryRun(rehearse),
    contentType: 'application/json',
    body: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: ref.uid, ...version } },
      ...(rehearse ? { dryRun: ['All'] } : {}),
    }),
  }
}

function evictionOf({ ref }: RequestOf<'evict'>, rehearse: boolean): ApiWrite {
  const { operation, path } = placeOf(ref, 'create')
  return {
    operation: { ...operation, resource: `${operation.resource}/eviction` },
    path: `${path}/eviction`,
    method: 'POST',
    query: { fieldManager: FIELD_MANAGER, ...dryRun(rehearse) },
    contentType: 'application/json',
    body: JSON.stringify({
      ...{ apiVersion: 'policy/v1', kind: 'Eviction' },
      metadata: { name: ref.name, namespace: ref.namespace },
      deleteOptions: { preconditions: { uid: ref.uid } },
    }),
  }
}

const dryRun = (rehearse: boolean) => (rehearse ? { dryRun: 'All' } : {})

function placeOf({ kind, namespace, name }: WriteRequest['ref'], verb: 'patch' | 'delete' | 'create') {
  const { group, plural } = KINDS[kind]
  return {
    operation: { verb, resource: plural, group, namespace },
    path: `${pathOf({ ...KINDS[kind], namespace })}/${encodeURIComponent(name)}`,
  } as const
}
