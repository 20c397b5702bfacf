import { describe, expect, it } from 'vitest'
import {
  DESTRUCTIVE,
  keepsState,
  RISKS,
  type RiskFacts,
  riskOf,
  type Touched,
} from '../../src/core/policy.ts'
import type { Step } from '../../src/core/steps.ts'

const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service', uid: 'u1' } as const
const flux = { kind: 'Kustomization', namespace: 'flux-system', name: 'bakery-ia', uid: 'u2' } as const
const stateless: Touched = { ref, component: 'microservice', exclusiveVolumes: [] }
const scale = (to: number): Step => ({ kind: 'scale', ref, from: 2, to })
const facts = (changes: Partial<RiskFacts> = {}): RiskFacts => ({
  ...{ steps: [scale(3)], workloads: [stateless], lost: 0 },
  ...changes,
})

/** One case for each rule, in their order: what makes a plan destructive by itself. */
const CASES: readonly (readonly [string, RiskFacts])[] = [
  ['a database', facts({ workloads: [{ ...stateless, component: 'database' }] })],
  ['two services', facts({ workloads: [stateless, { ...stateless, ref: { ...ref, name: 'gateway' } }] })],
  ['no pods', facts({ steps: [scale(0)] })],
  [
    'an eviction',
    facts({ steps: [{ kind: 'evict', ref: { ...ref, kind: 'Pod' }, node: 'node-1', workload: null }] }),
  ],
  ['a pod that nobody makes again', facts({ lost: 1 })],
  ['a held Flux', facts({ steps: [{ kind: 'suspend', ref: flux, suspended: true }] })],
]

describe('the risk of a plan', () => {
  it('is a change for one stateless service, and for a Flux that goes on', () => {
    expect(riskOf(facts())).toBe('change')
    expect(riskOf(facts({ steps: [{ kind: 'suspend', ref: flux, suspended: false }], workloads: [] }))).toBe(
      'change',
    )
  })

  it.each(CASES)('needs a second person for %s, by exactly one rule', (_what, given) => {
    expect(riskOf(given)).toBe('destructive')
    expect(DESTRUCTIVE.filter(({ holds }) => holds(given))).toHaveLength(1)
  })

  it('has a case for each of its rules', () => {
    const met = CASES.map(([, given]) => DESTRUCTIVE.findIndex(({ holds }) => holds(given)))
    expect(met).toEqual(DESTRUCTIVE.map((_rule, index) => index))
  })

  it.each<[string, Partial<Touched>, boolean]>([
    ['a cache', { component: 'cache' }, true],
    ['a broker', { component: 'broker' }, true],
    ['a StatefulSet', { ref: { ...ref, kind: 'StatefulSet' } }, true],
    ['what one node alone can mount', { exclusiveVolumes: ['data'] }, true],
    ['what says nothing of itself', { component: null }, false],
  ])('takes %s for what keeps state or not', (_what, changes, keeps) => {
    expect(keepsState({ ...stateless, ...changes })).toBe(keeps)
  })

  it('is told by /bakery policy in the words of its own rules', () => {
    const row = RISKS.find(({ risk }) => risk === 'destructive')
    for (const { says } of DESTRUCTIVE) expect(row?.covers).toContain(says)
  })
})
