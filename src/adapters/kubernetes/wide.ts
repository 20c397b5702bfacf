import type { ReadKind } from '../../core/ports/objects.ts'
import type { KubernetesClient } from './client.ts'
import { wasRefused } from './failures.ts'
import { KINDS } from './kinds.ts'
import { listAll } from './list.ts'

export interface Wide<T> {
  readonly items: readonly T[]
  /** False: only the platform's namespace, because others may not be read. */
  readonly everywhere: boolean
}

/** What is selected of a kind, each object as small as the caller makes it. */
export interface WideRequest<T> {
  readonly kind: ReadKind
  readonly project: (raw: unknown) => T | null
  readonly fieldSelector?: string
}

export interface WideReader {
  list<T>(request: WideRequest<T>, signal: AbortSignal): Promise<Wide<T>>
}

/** Rights change seldom, and every refusal stands in the API server's audit log. */
const REFUSED_MS = 300_000

/** Objects of the whole cluster where Bakery's account may read them (deploy/components/whole-cluster), else of the platform's namespace. */
export function createWideReader(client: KubernetesClient, namespace: string): WideReader {
  const refusedUntil = new Map<ReadKind, number>()
  return {
    async list({ kind, project, fieldSelector }, signal) {
      const selected = fieldSelector === undefined ? {} : { fieldSelector }
      const read = async (where: string | null) => {
        const listed = await listAll(client, { ...KINDS[kind], namespace: where, project }, signal, selected)
        return [...listed.items.values()]
      }
      if (performance.now() >= (refusedUntil.get(kind) ?? 0)) {
        try {
          return { items: await read(null), everywhere: true }
        } catch (error) {
          if (!wasRefused(error, 403)) throw error
          refusedUntil.set(kind, performance.now() + REFUSED_MS)
        }
      }
      return { items: await read(namespace), everywhere: false }
    },
  }
}
