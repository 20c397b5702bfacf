import type { AuditLog } from './audit.ts'
import type { Clock } from './clock.ts'
import type { LogBook } from './logs.ts'
import type { Manifest, Pod } from './objects.ts'
import type { Store } from './store.ts'

/** CPU in cores, memory in bytes. */
export interface Consumption {
  readonly cpu: number
  readonly memory: number
}

/** The repository that Flux follows. */
export interface Git {
  revision: string
  /** Objects carry the labels of the Kustomization that they belong to. */
  objects: readonly Manifest[]
  /** Why it cannot be fetched; null when it can. */
  failure: string | null
  /** Why nothing can be built of what stands in it; null when it can. */
  defect: string | null
}

/** What the API and the controllers of one practice cluster share. */
export interface Cluster {
  readonly store: Store
  readonly clock: Clock
  /** From 0 up to 1: names, jitter. */
  readonly random: () => number
  readonly logs: LogBook
  readonly git: Git
  /** Every write that came in by the API. */
  readonly audit: AuditLog
  /** What a running pod consumes now. */
  readonly consumption: (pod: Pod, at: Date) => Consumption
}

const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

/** Five characters as generated names end with. */
export function nameSuffix(random: () => number): string {
  return Array.from({ length: 5 }, () => SAFE.charAt(Math.floor(random() * SAFE.length))).join('')
}

/** A number in the alphabet of generated names. */
export function safeEncode(text: string): string {
  return [...text].map((letter) => SAFE.charAt(letter.charCodeAt(0) % SAFE.length)).join('')
}
