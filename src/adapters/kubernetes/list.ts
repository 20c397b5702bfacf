import { at, list, text } from '../../core/raw.ts'
import type { KubernetesClient } from './client.ts'
import { wasRefused } from './failures.ts'
import { type Resource, requestOf } from './resources.ts'

/** Objects a page: the raw ones of one page are all that is in memory at once. */
const PAGE = 250
/** A list that outlives the API server's memory of it (410) is begun again so many times. */
const ATTEMPTS = 3

export interface Listed<T> {
  /** By uid. */
  readonly items: ReadonlyMap<string, T>
  /** From where a watch goes on. */
  readonly version: string
  /** When the API server gave the first page: the items are at least as new. */
  readonly at: Date
}

/** Lists everything that is selected, page by page, each page projected as it arrives. */
export async function listAll<T>(
  client: KubernetesClient,
  resource: Resource<T>,
  signal: AbortSignal,
  selected: { readonly labelSelector?: string; readonly fieldSelector?: string } = {},
  attempt = 1,
): Promise<Listed<T>> {
  const items = new Map<string, T>()
  let version = ''
  let observed: Date | null = null
  let next: string | null = null
  try {
    do {
      const query = { limit: PAGE, ...selected, ...(next === null ? {} : { continue: next }) }
      const page: unknown = await client.json(requestOf(resource, 'list', query), signal)
      observed ??= new Date()
      keep(items, list(at(page, 'items')), resource)
      version = text(at(page, 'metadata', 'resourceVersion')) ?? version
      next = text(at(page, 'metadata', 'continue'))
    } while (next !== null)
  } catch (error) {
    if (isGone(error) && attempt < ATTEMPTS) return listAll(client, resource, signal, selected, attempt + 1)
    throw error
  }
  return { items, version, at: observed }
}

/** Projects raw objects into the map, which stays within the resource's bound. */
function keep<T>(items: Map<string, T>, raws: readonly unknown[], resource: Resource<T>): void {
  for (const raw of raws) {
    const item = resource.project(raw)
    const uid = text(at(raw, 'metadata', 'uid'))
    if (item !== null && uid !== null) items.set(uid, item)
  }
  trim(items, resource)
}

/** Drops the oldest where only the newest are kept. A tenth more is let in, so that not every event sorts them all. */
export function trim<T>(items: Map<string, T>, { newest }: Pick<Resource<T>, 'newest'>): void {
  if (newest === undefined || items.size <= newest.keep * 1.1) return
  const byAge = [...items].toSorted(([, a], [, b]) => newest.at(a).getTime() - newest.at(b).getTime())
  for (const [uid] of byAge.slice(0, items.size - newest.keep)) items.delete(uid)
}

/** 410: the API server no longer knows the version that was named. */
export function isGone(error: unknown): boolean {
  return wasRefused(error, 410)
}
