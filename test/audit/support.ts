import { GENESIS, hashRow } from '../../src/audit/chain.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'

/** A chain of `length` rows as Bakery writes them. */
export function buildChain(length: number): AuditRow[] {
  const rows: AuditRow[] = []
  let prev = GENESIS
  for (let seq = 1; seq <= length; seq += 1) {
    const row = chained({ ...template(seq), prev })
    rows.push(row)
    prev = row.hash
  }
  return rows
}

/** The same row with the hash of its content. */
export function chained(row: AuditRow): AuditRow {
  return { ...row, hash: hashRow(row) }
}

/** Every row from `from` on (an index) hashed anew, as somebody who owns the database would. */
export function rehash(rows: readonly AuditRow[], from: number): AuditRow[] {
  let prev = from === 0 ? GENESIS : (rows[from - 1]?.hash ?? GENESIS)
  return rows.map((row, index) => {
    if (index < from) return row
    const fresh = chained({ ...row, seq: index + 1, prev })
    prev = fresh.hash
    return fresh
  })
}

function template(seq: number): AuditRow {
  return {
    seq,
    at: `2026-11-23T05:00:00.${String(seq).padStart(6, '0')}Z`,
    kind: seq % 2 ? 'request' : 'outcome',
    actor: 'T0BAKERY/U0MARCO',
    person: 'marco',
    channel: 'C0OPERATIONS',
    surface: 'slash',
    command: 'logs',
    target: seq % 3 ? 'orders-service' : null,
    operation: null,
    decision: seq % 2 ? 'allowed' : 'done',
    code: null,
    ref: `R${String(seq).padStart(7, '0')}`,
    payloadHash: 'a'.repeat(64),
    prev: '',
    hash: '',
  }
}
