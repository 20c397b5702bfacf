import { describe, expect, it } from 'vitest'
import { entriesOf } from '../../commands/shared/audit-entries.ts'
import type { AuditRow } from '../../src/core/ports/audit.ts'
import { snapshotOf } from '../support/snapshot.ts'

const names = snapshotOf({
  users: { U0MARCO: 'member', U0EVE: 'external' },
  channels: { C0OPERATIONS: false },
  groups: { S0ONCALL: ['U0MARCO'] },
})

const row = (changes: Partial<AuditRow>): AuditRow => ({
  ...{ seq: 1, at: '2026-11-23T04:58:00.000000Z', kind: 'request', actor: 'T0BAKERY/U0MARCO' },
  ...{ person: 'marco', channel: 'C0OPERATIONS', surface: 'slash', command: 'logs', target: null },
  ...{ operation: null, decision: 'allowed', code: null, ref: 'K7M2Q9XA', payloadHash: null },
  ...{ prev: '', hash: '' },
  ...changes,
})

describe('entries of the audit log', () => {
  it('tell a request and its outcome once', () => {
    const rows = [
      row({ seq: 2, kind: 'outcome', decision: 'done', channel: null, command: null }),
      row({ seq: 1, target: 'orders-service' }),
    ]
    expect(entriesOf(rows, names)).toMatchObject([
      { outcome: 'done', what: 'logs orders-service', who: 'marco in #operations, by slash', seqs: [1, 2] },
    ])
  })

  it('leave apart what Bakery does by itself, and name its kind', () => {
    const own = { kind: 'seed', actor: 'bakery', person: 'bakery', command: null, surface: 'schedule' }
    const rows = [
      row({ ...own, seq: 8, channel: null, target: 'C0OPERATIONS', decision: 'done' }),
      row({ ...own, seq: 7, channel: null, target: 'S0ONCALL', decision: 'done' }),
    ]
    expect(entriesOf(rows, names).map(({ what, seqs }) => `${what} ${seqs}`)).toEqual([
      'seed #operations 8',
      'seed @oncall 7',
    ])
  })

  it('name people where a name is known, with the id where nobody mapped it', () => {
    const who = (changes: Partial<AuditRow>) => entriesOf([row(changes)], names)[0]?.who
    expect(who({ actor: 'T0PARTNER/U0EVE', person: 'U0EVE' })).toBe(
      'eve (T0PARTNER/U0EVE) in #operations, by slash',
    )
    expect(who({ actor: 'T0BAKERY/U0NEW', person: 'U0NEW' })).toBe('T0BAKERY/U0NEW in #operations, by slash')
    expect(entriesOf([row({ target: 'U0EVE' })], names)[0]?.what).toBe('logs eve')
  })
})
