import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { type RawObject, WriteFailure } from '../../src/core/ports/objects.ts'
import { createScrubber } from '../../src/core/scrub.ts'
import type { Step } from '../../src/core/steps.ts'
import { createRehearsal } from '../../src/operations/rehearse.ts'
import { objectDifferences } from '../../src/operations/rehearsed-differences.ts'
import { dependencyError } from '../support/expect-error.ts'
import { hostileText } from '../support/hostile.ts'

const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service', uid: 'u1' } as const
const step: Step = { kind: 'scale', ref, from: 2, to: 3 }
const live = (changes: object = {}): RawObject => ({
  metadata: { name: 'orders-service', namespace: 'bakery-ia', uid: 'u1', resourceVersion: '7' },
  spec: { replicas: 2, ...changes },
})
const plan: Plan = {
  headline: 'Scale',
  target: 'orders-service',
  risk: 'change',
  steps: [step],
  warnings: [],
}
const plain = (text: string) => text

function rehearse(
  answer: () => Promise<RawObject | null>,
  object: RawObject | null = live(),
  steps: readonly Step[] = [step],
) {
  const run = createRehearsal({
    scene: async () => ({ object, pods: [], revisions: [], maker: null }),
    rehearser: { rehearse: answer },
    now: () => new Date('2026-11-23T05:00:00Z'),
    scrub: plain,
  })
  return run({ ...plan, steps }, AbortSignal.timeout(5000))
}

const failing = (facts: ConstructorParameters<typeof WriteFailure>[0]) => () =>
  Promise.reject(new WriteFailure(facts))

describe('a rehearsal', () => {
  it('shows what the API server makes of it, also what admission adds, and nothing of its own bookkeeping', async () => {
    const after = live({ replicas: 3, minReadySeconds: 5 })
    const marked = {
      ...after,
      metadata: { ...after.metadata, resourceVersion: '8', annotations: { 'bakery.dev/operation': 'x' } },
    }
    const { differences, accepted } = await rehearse(async () => marked)
    expect(accepted).toBe(1)
    expect(differences).toEqual([
      { what: 'Deployment/orders-service spec.minReadySeconds', was: null, becomes: '5' },
      { what: 'Deployment/orders-service spec.replicas', was: '2', becomes: '3' },
    ])
  })

  it.each([
    ['a conflict', { kind: 'conflict', message: 'changed.' }, 'CHANGED'],
    ['an object that went', { kind: 'absent', message: 'gone.' }, 'CHANGED'],
    ['a quota', { kind: 'refused', status: 403, message: 'exceeded quota: compute' }, 'QUOTA'],
    [
      'a webhook',
      { kind: 'refused', status: 403, message: 'admission webhook "x" denied the request' },
      'REFUSED',
    ],
    ['a value', { kind: 'refused', status: 422, message: 'spec.replicas: Invalid value' }, 'REFUSED'],
  ] as [string, ConstructorParameters<typeof WriteFailure>[0], string][])(
    'stops at %s',
    async (_what, facts, code) => {
      expect((await rehearse(failing(facts))).refused?.code).toBe(code)
    },
  )

  it.each([
    ['a budget', { kind: 'refused', status: 429, message: 'Cannot evict pod' }, 'BUDGET'],
    [
      'an account that may not rehearse',
      { kind: 'refused', status: 403, message: 'User "x" cannot patch resource "deployments"' },
      'NOT_REHEARSED',
    ],
  ] as [string, ConstructorParameters<typeof WriteFailure>[0], string][])(
    'warns of %s',
    async (_what, facts, code) => {
      const { refused, warnings, accepted } = await rehearse(failing(facts))
      expect(refused).toBeNull()
      expect(warnings.map((one) => one.code)).toEqual([code])
      expect(accepted).toBe(0)
    },
  )

  it.each(['unsent', 'unknown'] as const)(
    'fails when its outcome is %s: nothing is shown half known',
    async (kind) => {
      const error = await dependencyError(rehearse(failing({ kind, message: 'no answer.' })))
      expect(error).toMatchObject({ dependency: 'kubernetes', retryable: true })
    },
  )

  it.each([
    ['was deleted', null],
    ['is another of the same name', { ...live(), metadata: { ...live().metadata, uid: 'u2' } }],
    ['was changed since it was read', live({ replicas: 5 })],
  ])('stops where the object %s', async (_why, object) => {
    const { refused } = await rehearse(
      () => Promise.reject(new Error('must not be asked')),
      object as RawObject | null,
    )
    expect(refused?.code).toBe('CHANGED')
  })

  it('asks a few at once, each once, and says each kind of trouble once', async () => {
    let most = 0
    let now = 0
    let asked = 0
    const answer = async () => {
      asked += 1
      now += 1
      most = Math.max(most, now)
      await Promise.resolve()
      now -= 1
      throw new WriteFailure({ kind: 'refused', status: 429, message: 'not yet.' })
    }
    const { warnings } = await rehearse(
      answer,
      live(),
      Array.from({ length: 30 }, () => step),
    )
    expect({ asked, warnings: warnings.length }).toEqual({ asked: 30, warnings: 1 })
    expect(most).toBeLessThanOrEqual(6)
  })
})

describe('what differs between two forms of an object', () => {
  const withEnv = (value: string): RawObject =>
    live({ template: { spec: { containers: [{ name: 'app', env: [{ name: 'DB_PASSWORD', value }] }] } } })

  it('names members of lists as the API server does, and shows no secret', () => {
    const { scrub } = createScrubber()
    const found = objectDifferences(
      'D/x',
      withEnv('hunter2secret'),
      withEnv('swordfish9'),
      (text) => scrub(text).text,
    )
    expect(found).toEqual([
      {
        what: 'D/x spec.template.spec.containers[app].env[DB_PASSWORD].value',
        was: '[masked]',
        becomes: '[masked]',
      },
    ])
  })

  it('is nothing for the same object, and never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, fc.jsonValue()), (spec) => {
        expect(objectDifferences('D/x', live(spec), live(spec), plain)).toEqual([])
        expect(objectDifferences('D/x', live(spec), live(), plain).length).toBeLessThanOrEqual(41)
      }),
      { numRuns: 200 },
    )
  })
})
