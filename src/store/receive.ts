import type { Client } from 'pg'
import type { Decision } from '../core/access.ts'
import type { Receipt, VerifiedRequest } from '../core/ports/records.ts'
import { storableJson } from './canonical.ts'

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
  /** The batch that it was in was refused: it goes by itself, so that one bad row costs only its own request. */
  alone: boolean
  settled: boolean
}

/** What `receive` answers, in the order of the batch. Times are in milliseconds since 1970. */
export interface ReceiveAnswer {
  readonly version: string
  readonly now: number
  readonly rows: readonly (
    | readonly ['recorded', number]
    | readonly ['recorded', number, Decision]
    | readonly ['duplicate' | 'stale' | 'late']
  )[]
}

/** The argument of `receive`. `clockOffset` is the database's clock minus `performance.now()`, at most. */
export function encodeBatch(batch: readonly Pending[], clockOffset: number): string {
  return storableJson(batch.map((pending) => encode(pending, clockOffset)))
}

/** `receive_item`. Written out member by member: it is on the way of every request. */
function encode({ id, ref, keys, request, payload, expiresAt, decided, again }: Pending, offset: number) {
  const { surface, actor, channel, command, target, work } = request
  const { decision, version } = decided
  return {
    id,
    ref,
    keys,
    version: version.toString(),
    deadline: expiresAt + offset,
    again,
    surface,
    team: actor.team,
    user_id: actor.user,
    person: actor.person,
    user_kind: actor.kind,
    channel,
    command,
    target,
    decision,
    outcome: decision.decision,
    code: decision.decision === 'refused' ? decision.code : null,
    work,
    payload,
  }
}

/** The database's clock minus `performance.now()`: never more than it is, so a deadline made from it is never too late. */
export async function askServerTime(client: Client): Promise<number> {
  const { rows } = await client.query<{ now: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
  )
  return (rows[0]?.now ?? 0) - performance.now()
}
