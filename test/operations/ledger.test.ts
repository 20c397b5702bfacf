import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/core/operation.ts'
import { clusterWrites, joinLedgers } from '../../src/operations/ledger.ts'
import { operationOf } from '../support/operations.ts'

const OPERATOR = 'system:serviceaccount:bakery-desk:bakery-operator'

function event(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Request', auditID: 'a-1' },
    ...{ stage: 'ResponseComplete', verb: 'patch', userAgent: 'bakery' },
    requestURI: '/apis/apps/v1/namespaces/bakery-ia/deployments/orders-service?fieldManager=bakery',
    user: { username: OPERATOR },
    objectRef: { resource: 'deployments', namespace: 'bakery-ia', name: 'orders-service' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-11-23T05:00:01.000000Z',
    ...changes,
  })
}

function operation(auditIds: readonly string[], state: 'done' | 'failed' | 'absent' = 'done'): Operation {
  const { steps, ...rest } = operationOf({ state: 'succeeded' })
  const facts = { state, auditIds, intentAt: '2026-11-23T05:00:00Z', settledAt: '2026-11-23T05:00:30Z' }
  return { ...rest, steps: steps.map((step) => ({ ...step, ...facts })) }
}

describe('the two ledgers', () => {
  it('agree when each write has its operation and each step its write', () => {
    expect(joinLedgers(clusterWrites(event()), [operation(['a-1'])])).toEqual({
      ...{ writes: 1, claims: 1, unexplained: [], unproved: [] },
    })
  })

  it('agree when the answer with the id was lost, by object, verb and time', () => {
    const { unexplained, unproved } = joinLedgers(clusterWrites(event()), [operation([])])
    expect([unexplained, unproved]).toEqual([[], []])
  })

  it('show a write without an operation', () => {
    const { unexplained } = joinLedgers(clusterWrites(event()), [])
    expect(unexplained).toMatchObject([
      { object: 'Deployment/orders-service', verb: 'patch', auditId: 'a-1' },
    ])
  })

  it('show a write of somebody who only calls itself Bakery', () => {
    const text = event({ user: { username: 'mallory' }, userAgent: 'bakery/9' })
    expect(joinLedgers(clusterWrites(text), []).unexplained).toMatchObject([{ user: 'mallory' }])
  })

  it('show a step without a write', () => {
    const { unproved } = joinLedgers([], [operation(['a-1'])])
    expect(unproved).toMatchObject([{ object: 'Deployment/orders-service', n: 0 }])
  })

  it('do not take one lost answer for two steps, nor one of another time', () => {
    const twice = { ...operation([]), id: 'another123' }
    expect(joinLedgers(clusterWrites(event()), [operation([]), twice]).unproved).toHaveLength(1)
    const late = event({ requestReceivedTimestamp: '2026-11-23T06:00:00Z' })
    const report = joinLedgers(clusterWrites(late), [operation([])])
    expect([report.unproved.length, report.unexplained.length]).toEqual([1, 1])
  })

  it('expect no write of a step that was proved not to have happened', () => {
    expect(joinLedgers([], [operation([], 'absent')]).unproved).toEqual([])
    expect(joinLedgers([], [operation(['a-1'], 'failed')]).unproved).toHaveLength(1)
  })

  it.each([
    [
      'a dry run',
      { requestURI: '/apis/apps/v1/namespaces/bakery-ia/deployments/x?dryRun=All&fieldManager=bakery' },
    ],
    ['a refusal', { responseStatus: { code: 409 } }],
    ['a reading', { verb: 'get' }],
    ['a request that has only begun', { stage: 'RequestReceived' }],
    [
      'a token',
      {
        verb: 'create',
        objectRef: { resource: 'serviceaccounts', subresource: 'token', name: 'bakery-operator' },
      },
    ],
    ['somebody else’s write', { user: { username: 'system:admin' }, userAgent: 'kubectl/v1.37' }],
  ])('leave out %s', (_what, changes) => {
    expect(clusterWrites(event(changes))).toEqual([])
  })

  it('know an eviction from a creation', () => {
    const objectRef = { resource: 'pods', subresource: 'eviction', name: 'orders-1' }
    expect(clusterWrites(event({ verb: 'create', objectRef, responseStatus: { code: 201 } }))).toMatchObject([
      { verb: 'evict', object: 'Pod/orders-1' },
    ])
  })

  it('say which line is no event', () => {
    expect(() => clusterWrites(`${event()}\nnonsense`)).toThrow('line 2 is not an event')
    expect(clusterWrites(`\n${event()}\n\n`)).toHaveLength(1)
  })
})
