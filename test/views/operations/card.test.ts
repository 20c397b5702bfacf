import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limitFaults } from '../../../src/blocks/faults.ts'
import type { Block } from '../../../src/blocks/types.ts'
import {
  OPERATION_STATES,
  type Operation,
  type OperationState,
  type Review,
} from '../../../src/core/operation.ts'
import { seal } from '../../../src/core/seal.ts'
import { decideDialog } from '../../../src/views/operations/decide.ts'
import { operationShown } from '../../../src/views/operations/shown.ts'
import { operationVoice } from '../../../src/views/operations/voice.ts'
import { plainAnswer } from '../../../src/views/plain.ts'
import { buttonLines } from '../../health/answers.ts'
import { operationOf, planOf, scaleStep } from '../../support/operations.ts'
import { NOW } from '../../support/snapshot.ts'

const ZONE = 'Europe/Madrid'
const voice = operationVoice(ZONE)
const names = new Map([
  ['U0MARCO', 'Marco'],
  ['U0ANA', 'Ana'],
])
const card = (operation: Operation) => voice.card({ operation, names })
const sealed = (operation: Operation) =>
  seal({ answer: card(operation), outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })
const review = (verdict: Review['verdict'], reason: string | null = null): Review => ({
  ...{ person: 'ana', user: 'U0ANA', digest: operationOf().digest, verdict, reason },
  at: new Date(NOW).toISOString(),
})
const buttons = (operation: Operation) =>
  sealed(operation).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) =>
          element.type === 'button' ? [[element.action_id, element.value ?? ''] as const] : [],
        )
      : [],
  )

describe('the approval card', () => {
  const operation = operationOf({
    plan: planOf({
      steps: [scaleStep('orders-service', 2, 3), scaleStep('auth-service', 1, 2)],
      warnings: [{ code: 'UNDONE_BY_FLUX', text: 'Flux undoes it within 5 min.' }],
      differences: [{ what: 'spec.replicas', was: '2', becomes: '3' }],
    }),
  })

  it('says what, for whom, why, by whom, until when, with which risk, and which plan it is', () => {
    const shown = plainAnswer(card(operation))
    for (const fact of [
      'Scale orders-service from 2 to 3',
      ...['1. scale Deployment/orders-service from 2 to 3', '2. scale Deployment/auth-service from 1 to 2'],
      ...['UNDONE_BY_FLUX', 'Flux undoes it within 5 min.', 'spec.replicas', 'destructive'],
      ...['orders-service, production', 'Marco', 'more orders', '2026-11-23 06:30 CET (05:30 UTC)'],
      ...[operation.digest.slice(0, 16), operation.id, 'Nothing is done yet.', 'another person'],
    ]) {
      expect(shown).toContain(fact)
    }
    expect(card(operation)).toMatchObject({
      ...{ kind: 'approval', audience: 'channel' },
      text: 'Approval needed for orders-service: Scale orders-service from 2 to 3. Asked by Marco. It waits for another person to approve it.',
    })
  })

  it('has three buttons, whose values name the operation and the plan that was shown', () => {
    const value = `${operation.id}.${operation.digest.slice(0, 16)}`
    expect(buttons(operation)).toEqual([
      ['approve', value],
      ['deny', value],
      ['cancel', value],
    ])
  })

  it('counts who has approved where two are needed', () => {
    const two = operationOf({ plan: planOf({ approvals: 2 }), reviews: [review('approve')] })
    expect(card(two).text).toContain('It waits for 2 other persons to approve it; 1 of 2 have.')
  })

  it('has no buttons in a terminal', () => {
    expect(plainAnswer(card(operation))).not.toContain(`${operation.id}.`)
  })
})

describe('the card of what ended before it began', () => {
  it.each([
    ['denied', 'Denied, nothing was done: Scale orders-service from 2 to 3. By Ana.'],
    ['expired', 'Expired, nothing was done: Scale orders-service from 2 to 3.'],
    ['cancelled', 'Cancelled, nothing was done: Scale orders-service from 2 to 3.'],
    ['stale', 'Not done, the platform has changed: Scale orders-service from 2 to 3.'],
    ['revoked', 'Not done, it may not be done any more: Scale orders-service from 2 to 3.'],
  ] as const)('%s says so by itself, and has nothing to decide', (state, text) => {
    const reviews = state === 'denied' ? [review('deny', 'not today')] : []
    const operation = operationOf({ state, reviews })
    expect(card(operation).text).toBe(text)
    expect(buttons(operation).map(([action]) => action)).toEqual(state === 'expired' ? ['run'] : [])
    if (state === 'denied') expect(plainAnswer(card(operation))).toContain('Ana denied it: not today')
  })

  it('asks again with one click where only its time was over', () => {
    expect(buttonLines(card(operationOf({ state: 'expired' })))).toEqual(['run: scale orders-service 3'])
  })

  it('says why and under which reference', () => {
    const operation = operationOf({ state: 'stale', code: 'STALE_PLAN', outcome: 'It runs 4 by now.' })
    const shown = plainAnswer(card(operation))
    expect(shown).toContain('It runs 4 by now.')
    expect(shown).toContain('STALE_PLAN · ref K7M2Q9XA')
  })
})

/** What clients read as markup: not what screen readers alone get, and not rich text, whose elements are only ever text. */
const readByClients = (blocks: readonly Block[]) =>
  JSON.stringify(
    blocks.filter(({ type }) => type !== 'rich_text'),
    (key, value) => (key === 'accessibility_label' ? undefined : value),
  )

describe('every state', () => {
  it.each(OPERATION_STATES)('%s has a card that states the change, within Slack’s limits', (state) => {
    const operation = operationOf({ state })
    expect(card(operation).text).toContain('orders-service')
    expect(limitFaults(sealed(operation).blocks)).toEqual([])
    expect(card(operation).audience).toBe('channel')
  })

  it('lets decide only while it waits for others', () => {
    const deciding = OPERATION_STATES.filter((state) =>
      buttons(operationOf({ state })).some(([action]) => action === 'approve' || action === 'deny'),
    )
    expect(deciding).toEqual(['awaiting'])
  })

  it('stays within Slack’s limits and calls nobody, whatever stands in it', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('<!channel>', '<@U0ANA>', '```', '*_~`', '‮abc', '\u0000', 'x'.repeat(4000)),
    )
    fc.assert(
      fc.property(
        fc.constantFrom<OperationState>(...OPERATION_STATES),
        fc.array(hostile, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (state, [headline = '', target = '', reason = '', outcome = '', what = '', who = ''], steps) => {
          const plan = planOf({
            ...{ headline, target },
            steps: Array.from({ length: steps }, (_, n) => scaleStep(`${what}${n}`)),
            warnings: [{ code: 'X', text: what }],
            differences: [{ what, was: reason, becomes: outcome }],
          })
          const reviews = [{ ...review('approve', reason), user: who }]
          const operation = operationOf({ plan, state, reason, outcome, reviews })
          const facts = { operation, names: new Map([[who, headline]]), zone: ZONE }
          const dialog = decideDialog({ ...facts, chosen: 'deny' })
          const answers = [
            card(operation),
            dialog,
            operationShown(operation, { ...facts, now: new Date(NOW) }),
            voice.brokenGlass(facts),
          ]
          for (const answer of answers) {
            const { blocks, text } = seal({ answer, outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })
            expect(limitFaults(blocks)).toEqual([])
            // Its own channel is named, so that whoever reads of it elsewhere finds the way; that calls nobody.
            const read = readByClients(blocks).replaceAll(`<#${operation.channel}>`, '')
            expect(read + text).not.toMatch(/<[!@#]/)
          }
          expect(limitFaults(dialog.dialog?.blocks ?? [])).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  })
})
