import { bold, code, localTime, type Markup, text } from '../../src/blocks/builders.ts'
import type { AccessSnapshot } from '../../src/core/access.ts'
import { groupName } from '../../src/core/access-rules.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'

/** What a person reads of the audit log: one request with what became of it. The rows themselves are in the export. */
export interface AuditEntry {
  readonly at: string
  /** `refused NO_ROLE`, `done`. */
  readonly outcome: string
  /** `logs orders-service`. */
  readonly what: string
  /** `marco in #operations, by slash`. */
  readonly who: string
  readonly ref: string
  readonly seqs: readonly number[]
}

const PAIRED = new Set(['request', 'outcome'])

type Names = Pick<AccessSnapshot, 'users' | 'channels' | 'handles'>

/** A request and its outcome stand together, in the order in which the newest of each came; whatever else there is stands alone. */
export function entriesOf(rows: readonly AuditRow[], names: Names): readonly AuditEntry[] {
  const groups = Map.groupBy(rows, ({ ref, seq, kind }) => (PAIRED.has(kind) ? ref : `row ${seq}`))
  return [...groups.values()].flatMap((same) => {
    const sorted = same.toSorted((a, b) => b.seq - a.seq)
    const [newest] = sorted
    return newest ? [entryOf(newest, sorted, names)] : []
  })
}

function entryOf(newest: AuditRow, rows: readonly AuditRow[], names: Names): AuditEntry {
  const of = (key: 'command' | 'target' | 'channel' | 'code') =>
    rows.map((row) => row[key]).find((value) => value !== null) ?? null
  const target = of('target')
  const channel = of('channel')
  const place = channel === null ? '' : ` in ${nameOf(channel, names)}`
  return {
    at: newest.at,
    outcome: [newest.decision, newest.code].filter(Boolean).join(' '),
    what: [of('command') ?? newest.kind, target === null ? null : nameOf(target, names)]
      .filter(Boolean)
      .join(' '),
    who: `${personOf(newest, names)}${place}, by ${newest.surface}`,
    ref: newest.ref,
    seqs: rows.map(({ seq }) => seq).toReversed(),
  }
}

/** The name of the person; the id of one whom nobody has named yet. */
function personOf({ person, actor }: AuditRow, { users }: Names): string {
  const id = actor.split('/').at(-1) ?? actor
  if (person !== id) return person
  const name = users.get(id)?.name
  return name === undefined ? actor : `${name} (${actor})`
}

function nameOf(id: string, names: Names): string {
  if (/^S[A-Z0-9]{2,}$/.test(id)) return groupName(names, id)
  const channel = names.channels.get(id)?.name
  return channel === undefined ? (names.users.get(id)?.name ?? id) : `#${channel}`
}

export function entryText({ at, outcome, what, who, ref, seqs }: AuditEntry, zone: string): Markup {
  const rows = `${seqs.length === 1 ? 'row' : 'rows'} ${seqs.join(', ')}`
  return text`${bold(outcome)}  ${what}\n${localTime(new Date(at), zone)}, ${who}, ref ${code(ref)}, ${rows}`
}
