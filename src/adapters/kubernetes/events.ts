import type { ClusterEvent } from '../../core/ports/cluster.ts'
import { at, count, identity, moment, text } from '../../core/raw.ts'

/**
 * One event of events.k8s.io/v1. Writers of the old API leave the new fields empty and fill the `deprecated…` ones.
 * `at` is when it was last seen.
 */
export function projectEvent(raw: unknown): ClusterEvent | null {
  const who = identity(raw)
  if (who === null) return null
  const lastSeen =
    moment(at(raw, 'series', 'lastObservedTime')) ??
    moment(at(raw, 'deprecatedLastTimestamp')) ??
    moment(at(raw, 'eventTime')) ??
    who.createdAt
  return Object.freeze({
    type: at(raw, 'type') === 'Warning' ? 'Warning' : 'Normal',
    reason: text(at(raw, 'reason')) ?? '',
    object: text(at(raw, 'regarding', 'name')) ?? '',
    kind: text(at(raw, 'regarding', 'kind')) ?? '',
    message: text(at(raw, 'note')) ?? '',
    count: Math.max(1, count(at(raw, 'series', 'count'), count(at(raw, 'deprecatedCount'), 1))),
    at: lastSeen,
  })
}
