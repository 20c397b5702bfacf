import type { Client } from 'pg'
import type { Decision } from '../core/access.ts'
import type { Receipt, VerifiedRequest } from '../core/ports/records.ts'
import { storableJson } from './canonical.ts'
import { arrayText, compositeText } from './composite.ts'

/** A request on its way into the database. */
export interface Pending {
  readonly id: string
  readonly ref: string
  readonly keys: readonly string[]
  readonly request: VerifiedRequest
  /** Canonical JSON. */
  readonly payload: string
  /** By `performance.now()`. */
  readonly expiresAt: number
  readonly settle: (receipt: Receipt) => void
  /** The decision, and the version of the records that it was made from. */
  decided: { readonly version: bigint; readonly decision: Decision }
  /** An earlier attempt's outcome was not seen: it may be in already. */
  again: boolean
  /** What it is sent as: made while the batch before is on its way. Null: not yet, or it has changed. */
  encoded: string | null
  /** The batch that it was in was refused: it goes by itself, so that one bad row costs only its own request. */
  alone: boolean
  settled: boolean
}

/** What `receive_batch` answers, in the order of the batch. Times are in milliseconds since 1970. */
export interface ReceiveAnswer {
  readonly version: string
  readonly now: number
  readonly rows: readonly (
    | readonly ['recorded', number]
    | readonly ['recorded', number, Decision]
    | readonly ['duplicate' | 'stale' | 'late']
  )[]
}

/** The argument of `receive_batch`. `clockOffset` is the database's clock minus `performance.now()`, at most. */
export function encodeBatch(batch: readonly Pending[], clockOffset: number): string {
  return arrayText(batch.map((pending) => pending.encoded ?? encode(pending, clockOffset)))
}

/** `receive_item`, in the order of its members. */
export function encode(pending: Pending, clockOffset: number): string {
  const { id, ref, keys, request, payload, expiresAt, decided, again } = pending
  const { surface, actor, channel, command, target, work } = request
  const { decision, version } = decided
  const code = decision.decision === 'refused' ? decision.code : null
  return compositeText([
    ...[id, ref, keys, version, expiresAt + clockOffset, again],
    ...[surface, actor.team, actor.user, actor.person, actor.kind, channel, command, target],
    ...[storableJson(decision), decision.decision, code, storableJson(work), payload],
  ])
}

/** The database's clock minus `performance.now()`: never more than it is, so a deadline made from it is never too late. */
export async function askServerTime(client: Client): Promise<number> {
  const { rows } = await client.query<{ now: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
  )
  return (rows[0]?.now ?? 0) - performance.now()
}
