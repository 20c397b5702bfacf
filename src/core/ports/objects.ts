import type { ObjectKind, ObjectRef } from '../steps.ts'

/**
 * Objects of the cluster as the API server has them: raw JSON, because a typed model drops what it does not know, and a
 * patch made from it would delete that. Read afresh, never from a cache.
 */
export interface RawObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly {
      readonly kind: string
      readonly name: string
      readonly uid: string
      readonly controller?: boolean
    }[]
    readonly [member: string]: unknown
  }
  readonly [member: string]: unknown
}

/** Kinds that are only read. */
export type ReadKind =
  | ObjectKind
  | 'ReplicaSet'
  | 'ControllerRevision'
  | 'PodDisruptionBudget'
  | 'ResourceQuota'
  | 'PersistentVolumeClaim'

export interface ObjectReader {
  /** Null: there is no such object, or its kind is not installed. Throws `DependencyError` when it cannot be asked. */
  get(
    of: { readonly kind: ReadKind; readonly namespace: string | null; readonly name: string },
    signal: AbortSignal,
  ): Promise<RawObject | null>
  /** All of a kind, in the order of their names; none when the kind is not installed. */
  list(
    of: { readonly kind: ReadKind; readonly namespace: string | null; readonly labels?: string },
    signal: AbortSignal,
  ): Promise<readonly RawObject[]>
}

export type Patch =
  /** RFC 6902. */
  | {
      readonly format: 'json'
      readonly operations: readonly {
        readonly op: 'test' | 'add' | 'replace' | 'remove'
        readonly path: string
        readonly value?: unknown
      }[]
    }
  /** RFC 7386. */
  | { readonly format: 'merge'; readonly body: Readonly<Record<string, unknown>> }
  /** Kubernetes' own; built-in kinds only. `text` is sent byte for byte. */
  | { readonly format: 'strategic'; readonly text: string }

/** One write, as it can be sent, rehearsed and found again. */
export type WriteRequest =
  | { readonly verb: 'patch'; readonly ref: ObjectRef; readonly patch: Patch }
  /** Only the object of this UID, and of this version when it is given. */
  | { readonly verb: 'delete'; readonly ref: ObjectRef; readonly resourceVersion?: string }
  | { readonly verb: 'evict'; readonly ref: ObjectRef }

export interface Written {
  /** The API server's own id of this write, as in its audit log; null when it gave none. */
  readonly auditId: string | null
  /** The object afterwards; null for a deletion or an eviction. */
  readonly object: RawObject | null
}

/**
 * A write that did not succeed.
 *   conflict  somebody else changed the object, or it is another one of the same name: nothing was written
 *   refused   the API server will not do it (not allowed, invalid, over a quota, against a disruption budget): nothing was written
 *   absent    the object is not there: nothing was written
 *   unsent    the request never left: nothing was written
 *   unknown   it left and its outcome was not seen: it may have been written
 */
export type WriteFailureKind = 'conflict' | 'refused' | 'absent' | 'unsent' | 'unknown'

export class WriteFailure extends Error {
  override readonly name = 'WriteFailure'
  readonly kind: WriteFailureKind
  /** HTTP status; null when there was none. */
  readonly status: number | null
  /** The API server's reason (`Forbidden`, `TooManyRequests`); null when it gave none. */
  readonly reason: string | null
  /** Seconds after which the API server would be asked again, when it says so. */
  readonly retryAfterSeconds: number | null
  readonly auditId: string | null

  /** `message` is a whole sentence that a person may read. */
  constructor(facts: {
    kind: WriteFailureKind
    message: string
    status?: number | null
    reason?: string | null
    retryAfterSeconds?: number | null
    auditId?: string | null
    cause?: unknown
  }) {
    super(facts.message, { cause: facts.cause })
    this.kind = facts.kind
    this.status = facts.status ?? null
    this.reason = facts.reason ?? null
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null
    this.auditId = facts.auditId ?? null
  }
}

/** Writes, each once and never again by itself. Every failure is a `WriteFailure`. */
export interface ObjectWriter {
  write(request: WriteRequest, signal: AbortSignal): Promise<Written>
}

/** The same with `dryRun=All`, by an account of its own: what the object would be. Nothing is written. */
export interface ObjectRehearser {
  rehearse(request: WriteRequest, signal: AbortSignal): Promise<RawObject | null>
}

/**
 * The cluster's objects, each port by an account of its own. They stand apart from the ports of queries: the engine alone
 * gets the writer.
 */
export interface ObjectPorts {
  readonly reader: ObjectReader
  readonly writer: ObjectWriter
  readonly rehearser: ObjectRehearser
}
