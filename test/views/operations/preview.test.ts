import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/blocks/width.ts'
import type { Operation } from '../../../src/core/operation.ts'
import type { Plan } from '../../../src/core/plan.ts'
import type { Planned } from '../../../src/core/ports/planner.ts'
import { seal } from '../../../src/core/seal.ts'
import { choice, preview, unchanged } from '../../../src/views/operations/preview.ts'
import { planned as planLine } from '../../commands/changes/support.ts'
import { buttonLines, fixedLines } from '../../health/answers.ts'
import { assertHarmless, hostileText, seedOf } from '../../support/hostile.ts'
import { management, revision, workloadFacts } from '../../support/workloads.ts'

const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'orders-service', uid: 'u1' } as const

function plannedOf(plan: Partial<Plan>, more: Partial<Planned> = {}): Planned {
  return {
    ...{ command: 'scale', line: 'scale orders-service 3', digest: 'ab'.repeat(32), rehearsed: [] },
    plan: {
      ...{
        headline: 'Scale orders-service from 2 to 3',
        target: 'orders-service',
        risk: 'change',
        warnings: [],
      },
      steps: [{ kind: 'scale', ref, from: 2, to: 3 }],
      ...plan,
    },
    ...more,
  }
}

const operationOf = ({ plan, digest }: Planned): Operation =>
  ({
    ...{ id: '4f7k2m9x0q', plan, digest, confirmWithinSeconds: null, expiresAt: '2026-11-23T05:15:00Z' },
    state: 'planned',
  }) as unknown as Operation

const show = (planned: Planned, zone = 'Europe/Madrid') =>
  preview({ operation: operationOf(planned), planned, zone })

describe('a preview', () => {
  it('says on a lock screen what would be done, what it warns of, and that nothing is done', () => {
    const warnings = [{ code: 'UNDONE_BY_FLUX', text: 'Flux puts it back.' }]
    expect(show(plannedOf({ warnings })).text).toBe(
      'Preview, nothing is done yet: Scale orders-service from 2 to 3. It warns of UNDONE_BY_FLUX.',
    )
  })

  it('is for the requester alone, who does it or leaves it, or takes another way', () => {
    const answer = show(plannedOf({ instead: ['scale orders-service 3 --exempt'] }))
    expect(answer).toMatchObject({ kind: 'preview', audience: 'requester' })
    expect(buttonLines(answer)).toEqual([
      'confirm: 4f7k2m9x0q.abababababababab',
      'cancel: 4f7k2m9x0q.abababababababab',
      'run: scale orders-service 3 --exempt',
    ])
  })

  it('keeps the value of its decision when it is sealed, and exchanges only command lines', () => {
    const answer = show(plannedOf({ instead: ['scale orders-service 3 --exempt'] }))
    const sealed = seal({ answer, outboxId: 'o1', version: 1, ref: 'R' })
    expect(sealed.offers.map(({ line }) => line)).toEqual(['scale orders-service 3 --exempt'])
    expect(JSON.stringify(sealed.blocks)).toContain('4f7k2m9x0q.abababababababab')
  })

  it('shows what the API server would make of it, until when it holds, and how it ends by itself', () => {
    const rehearsed = [{ what: 'Deployment/orders-service spec.replicas', was: '2', becomes: '3' }]
    const says = 'Kustomization/bakery-ia is resumed after 1 h.'
    const answer = show(plannedOf({ resume: { afterSeconds: 3600, steps: [], says } }, { rehearsed }))
    const all = JSON.stringify(answer.blocks)
    expect(fixedLines(answer)).toEqual(['Deployment/orders-service', '  replicas: 2 → 3'])
    expect(all).toContain(says)
    expect(all).toContain('2026-11-23 06:15 CET (05:15 UTC)')
  })

  it('of a real plan on a Flux-managed service has every sentence a person needs', async () => {
    const planned = await planLine('scale orders 3', {
      workloads: [workloadFacts({ managedBy: management() })],
    })
    const json = `${JSON.stringify(show(planned), null, 2)}\n`
    await expect(json).toMatchFileSnapshot('golden/preview-scale-under-flux.json')
  })

  it('is taken by Slack whatever names, images and reasons are called', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 0, max: 60 }), (text, many) => {
        const list = <Item>(item: Item) => Array.from({ length: many }, () => item)
        const difference = { what: text, was: text, becomes: text }
        const plan = {
          ...{
            headline: text,
            target: text,
            warnings: list({ code: 'UNDONE_BY_FLUX', text }),
            facts: list(text),
          },
          differences: list(difference),
          resume: { afterSeconds: 1, steps: [], says: text },
          choices: list({
            line: `rollback orders --to ${many}`,
            label: text,
            differences: list(difference).slice(0, 9),
          }),
        }
        const planned = plannedOf(plan, { rehearsed: list(difference) })
        for (const answer of [
          show(planned),
          unchanged({ planned }),
          ...(many > 0 ? [choice({ planned })] : []),
        ]) {
          assertHarmless(answer)
          expect(fixedLines(answer).filter((line) => displayWidth(line) > 45)).toEqual([])
        }
      }),
      { numRuns: 200, seed: seedOf('previews') },
    )
  })
})

describe('a choice', () => {
  it('is a menu whose options are lines, exchanged when it is sealed', async () => {
    const revisions = [7, 6, 5].map((number) => revision({ number, template: `template-${number}` }))
    const planned = await planLine('rollback orders', { workloads: [workloadFacts({ revisions })] })
    const answer = choice({ planned })
    expect(answer.text).toBe(
      'orders-service runs revision 7: to which one? Choose one of 2; nothing is done yet.',
    )
    const { offers, blocks } = seal({ answer, outboxId: 'o1', version: 1, ref: 'R' })
    expect(offers.map(({ action, line }) => `${action}: ${line}`)).toEqual([
      'run: rollback orders-service --to 6',
      'run: rollback orders-service --to 5',
    ])
    expect(JSON.stringify(blocks)).not.toContain('line:')
  })
})
