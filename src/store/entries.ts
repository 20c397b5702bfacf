import type { OutcomeFacts, RecordedRequest } from '../core/ports/records.ts'
import { canonicalJson } from './canonical.ts'

/** An audit row before it has its place in the chain: `audit_entry` of migrations/0001_audit.sql. */
export interface AuditEntry {
  readonly kind: string
  readonly actor: string
  readonly person: string
  readonly channel: string | null
  readonly surface: string
  readonly command: string | null
  readonly target: string | null
  readonly operation: string | null
  readonly decision: string
  readonly code: string | null
  readonly ref: string
  /** Canonical JSON. */
  readonly payload: string | null
}

/** The row of a request's outcome. */
export function outcomeEntry(request: RecordedRequest, outcome: OutcomeFacts): AuditEntry {
  const { actor, channel, surface, command, ref } = request
  const { decision, code, target, payload, operation = null } = outcome
  return {
    ...{ kind: 'outcome', channel, surface, command, target, decision, code, ref, operation },
    actor: `${actor.team}/${actor.user}`,
    person: actor.person,
    payload: payloadOf(payload),
  }
}

/** A row without a request in the database: of Bakery's own doings, unless it says whose. */
export function ownEntry(
  row: Pick<AuditEntry, 'kind' | 'command' | 'channel' | 'target' | 'decision' | 'code' | 'ref'> &
    Partial<Pick<AuditEntry, 'actor' | 'person'>> & { readonly payload: Readonly<Record<string, unknown>> },
): AuditEntry {
  const own = { actor: 'bakery', person: 'bakery', surface: 'schedule', operation: null }
  return { ...own, ...row, payload: payloadOf(row.payload) }
}

/** Null when there is nothing to keep. */
function payloadOf(payload: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(payload).length === 0 ? null : canonicalJson(payload)
}
