import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AuditLine, breaches, type Effect, type Evidence, type OperationRow } from './checker.ts'

/** The checker sees each breach: evidence without one, and then with each. */

const ID = 'k3m9q2x7aa'
const STEP = { kind: 'scale', ref: { kind: 'Deployment', name: 'orders-service' }, from: 1, to: 2 }

type Row = readonly [kind: string, decision: string, payload?: Readonly<Record<string, unknown>>]
const GOOD: readonly Row[] = [
  ['operation', 'planned'],
  ['operation', 'approved'],
  ['operation', 'running'],
  ['step', 'intent', { n: 0, digest: 'd', fence: '1' }],
  ['step', 'sent', { n: 0 }],
  ['step', 'done', { n: 0 }],
  ['operation', 'verifying'],
  ['operation', 'succeeded'],
]

function chained(rows: readonly Row[]): readonly AuditLine[] {
  let prev = '0'.repeat(64)
  return rows.map(([kind, decision, payload = {}], index) => {
    const seq = index + 1
    const row = { at: `2026-11-23T05:00:0${index}.000000Z`, decision, kind, operation: ID, prev, seq }
    const bytes = JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    const hash = createHash('sha256').update(bytes).digest('hex')
    prev = hash
    return { ...row, hash, row, payload }
  })
}

function effect(changes: Partial<Effect> = {}): Effect {
  const body = [
    { op: 'add', path: '/metadata/annotations/bakery.dev~1operation', value: ID },
    { op: 'add', path: '/metadata/annotations/bakery.dev~1step', value: '0' },
  ]
  return {
    ...{ auditID: 'a-1', verb: 'patch', user: 'system:serviceaccount:bakery-desk:bakery-operator' },
    ...{ uri: '/apis/apps/v1', resource: 'deployments', name: 'orders-service', code: 200 },
    ...{ at: '2026-11-23T05:00:03.500000Z', body, ...changes },
  }
}

function evidence(
  changes: Partial<Evidence> & { rows?: readonly Row[]; row?: Partial<OperationRow> } = {},
): Evidence {
  const { rows = GOOD, row = {}, ...rest } = changes
  const operation: OperationRow = {
    ...{ id: ID, state: 'succeeded', digest: 'd', risk: 'change', approvals: 1, person: 'marco' },
    changes: rows.filter(([kind]) => kind === 'operation').length,
    ...{ follows: null, breakGlass: null, expiresAt: '2026-11-23T05:30:00Z', reviews: [] },
    steps: [{ n: 0, state: 'done', step: STEP }],
    ...row,
  }
  return {
    ...{ audit: chained(rows), operations: [operation], effects: [effect()] },
    object: () => ({ metadata: {}, spec: { replicas: 2 } }),
    shown: new Map([[ID, 'Succeeded: Scale orders-service from 1 to 2.']]),
    ...rest,
  }
}

const without = (decision: string) => GOOD.filter(([, said]) => said !== decision)

describe('the checker of what is left', () => {
  it('finds nothing where everything holds', () => {
    expect(breaches(evidence())).toEqual([])
  })

  it.each<[string, RegExp, Evidence]>([
    ['an effect without an intent', /^I1: .* without an intent/, evidence({ rows: without('intent') })],
    ['an effect before its intent', /^I1: /, evidence({ effects: [effect({ at: '2026-11-23T05:00:01Z' })] })],
    ['an effect of another digest', /^I1: /, evidence({ row: { digest: 'other' } })],
    [
      'an effect of no operation',
      /^I1: .* no operation/,
      evidence({ effects: [effect(), effect({ auditID: 'a-2', body: [] })] }),
    ],
    ['a run without approval', /^I2: /, evidence({ row: { risk: 'destructive' } })],
    [
      'an approval by the requester',
      /^I2: /,
      evidence({
        row: { risk: 'destructive', reviews: [{ person: 'marco', verdict: 'approve', digest: 'd' }] },
      }),
    ],
    ['a step that was written twice', /^I3: /, evidence({ effects: [effect(), effect({ auditID: 'a-2' })] })],
    [
      'a state after a final one',
      /^I5: /,
      evidence({ rows: [...GOOD, ['operation', 'failed']], row: { state: 'failed' } }),
    ],
    ['a state that was left out', /^I6: .* from planned to running/, evidence({ rows: without('approved') })],
    ['a state without its row', /^I6: /, evidence({ row: { changes: 9 } })],
    [
      'an operation that never ends',
      /^I7: /,
      evidence({ rows: without('succeeded'), row: { state: 'verifying' } }),
    ],
    ['an effect of what was denied', /^I8: /, evidence({ row: { state: 'denied' } })],
    ['a channel that shows something else', /^I10: /, evidence({ shown: new Map([[ID, 'Under way: …']]) })],
    ['a channel that shows nothing', /^I10: /, evidence({ shown: new Map() })],
    ['a success that is not so', /^I12: /, evidence({ object: () => ({ spec: { replicas: 1 } }) })],
    [
      'a write that was repeated blindly',
      /^I13: /,
      evidence({
        rows: GOOD.flatMap((row) =>
          row[1] === 'sent'
            ? [
                ['step', 'unknown', { n: 0 }] as const,
                ['step', 'intent', { n: 0, digest: 'd', fence: '2' }] as const,
                row,
              ]
            : [row],
        ),
      }),
    ],
  ])('sees %s', (_what, breach, found) => {
    expect(breaches(found)).toContainEqual(expect.stringMatching(breach))
  })

  it('sees a row that was changed afterwards, and one that is missing', () => {
    const { audit, ...rest } = evidence()
    const forged = audit.map((line, index) =>
      index === 2 ? { ...line, row: { ...line.row, person: 'x' } } : line,
    )
    expect(breaches({ ...rest, audit: forged })).toContainEqual(
      expect.stringMatching(/^I6: the hash of row 3/),
    )
    expect(breaches({ ...rest, audit: audit.slice(1) })).toContainEqual(
      expect.stringMatching(/^I6: the chain breaks/),
    )
  })

  it('sees two operations that hold one object at the same time', () => {
    const one = evidence()
    const [operation] = one.operations
    const twin = { ...operation!, id: 'another123' }
    const rows = one.audit.map((line) => ({ ...line, operation: 'another123' }))
    const both = { ...one, operations: [operation!, twin], audit: [...one.audit, ...rows] }
    expect(breaches(both)).toContainEqual(expect.stringMatching(/^I4: /))
  })

  it('takes a pod that was asked to go twice for gone once', () => {
    const step = { kind: 'evict', ref: { kind: 'Pod', name: 'orders-1' } }
    const pod = { resource: 'pods', name: 'orders-1', verb: 'create', body: {} }
    const steps = [{ n: 0, state: 'done', step }]
    const twice = [effect(pod), effect({ ...pod, auditID: 'a-2' })]
    expect(breaches(evidence({ row: { steps }, effects: twice, object: () => null }))).toEqual([])
  })
})
