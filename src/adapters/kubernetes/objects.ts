import { DependencyError } from '../../core/errors.ts'
import type { ObjectReader, RawObject, ReadKind } from '../../core/ports/objects.ts'
import { at, record, text } from '../../core/raw.ts'
import type { KubernetesClient } from './client.ts'
import { operationName, wasRefused } from './failures.ts'
import { apiVersion, KINDS } from './kinds.ts'
import { listAll } from './list.ts'
import { operationOf, pathOf } from './resources.ts'

/** Objects as the API server has them now. */
export function createObjectReader(client: KubernetesClient): ObjectReader {
  return {
    async get({ kind, namespace, name }, signal) {
      const place = { ...KINDS[kind], namespace }
      const operation = operationOf(place, 'get')
      const path = `${pathOf(place)}/${encodeURIComponent(name)}`
      const raw = await client.json({ operation, path }, signal).catch(nullWhenAbsent)
      if (raw === null) return null
      return asObject(raw, kind) ?? unreadable(operationName(operation), client)
    },
    async list({ kind, namespace, labels }, signal) {
      const resource = { ...KINDS[kind], namespace, project: (raw: unknown) => asObject(raw, kind) }
      const selected = labels === undefined ? {} : { labelSelector: labels }
      const listed = await listAll(client, resource, signal, selected).catch(nullWhenAbsent)
      return [...(listed?.items.values() ?? [])].toSorted(byName)
    },
  }
}

/** 404: no such object, or a kind that is not installed. */
function nullWhenAbsent(error: unknown): null {
  if (wasRefused(error, 404)) return null
  throw error
}

function unreadable(operation: string, client: KubernetesClient): never {
  throw new DependencyError({
    dependency: 'kubernetes',
    operation,
    message: `cannot ${operation} at ${client.address()}: the answer is not an object of Kubernetes`,
    retryable: true,
  })
}

/** Raw JSON that is an object of Kubernetes, with its kind, which the items of a list do not say; null: it is none. */
export function asObject(raw: unknown, kind: ReadKind): RawObject | null {
  const metadata = record(at(raw, 'metadata'))
  const { name, uid, resourceVersion } = metadata
  if (text(name) === null || text(uid) === null || text(resourceVersion) === null) return null
  return { apiVersion: apiVersion(KINDS[kind]), kind, ...record(raw), metadata } as RawObject
}

function byName({ metadata: a }: RawObject, { metadata: b }: RawObject): number {
  return a.name.localeCompare(b.name) || (a.namespace ?? '').localeCompare(b.namespace ?? '')
}
