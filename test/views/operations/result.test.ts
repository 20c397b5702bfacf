import { describe, expect, it } from 'vitest'
import type { Operation, OperationStep } from '../../../src/core/operation.ts'
import { movedSentence } from '../../../src/views/operations/moved.ts'
import { operationShown } from '../../../src/views/operations/shown.ts'
import { operationVoice } from '../../../src/views/operations/voice.ts'
import { plainAnswer } from '../../../src/views/plain.ts'
import { buttonLines } from '../../health/answers.ts'
import { actor, operationOf, planOf, scaleStep } from '../../support/operations.ts'
import { NOW } from '../../support/snapshot.ts'

const zone = 'Europe/Madrid'
const names = new Map([['U0MARCO', 'marco']])
const card = (operation: Operation) => operationVoice(zone).card({ operation, names })
const at = new Date(NOW).toISOString()
const standing = (plan: Operation['plan'], states: readonly Partial<OperationStep>[]) =>
  operationOf({ plan }).steps.map((step, n) => ({ ...step, ...states[n] }))
const done = { state: 'done', says: '3 of 3 pods available', intentAt: at, settledAt: at } as const
const one = planOf()
const two = planOf({ steps: [scaleStep('orders-service'), scaleStep('sales-service', 1, 2)] })
const ended = (plan: Operation['plan'], changes: Partial<Operation>, states = plan.steps.map(() => done)) =>
  operationOf({ plan, state: 'succeeded', settledAt: at, steps: standing(plan, states), ...changes })

describe('the message of an operation under way', () => {
  const running = (states: readonly Partial<OperationStep>[], plan = two) =>
    card(operationOf({ plan, state: 'running', steps: standing(plan, states) }))

  it('says on a lock screen which step it is at and how far that is', () => {
    expect(running([done, { state: 'sent', says: '1 of 2 pods available' }]).text).toBe(
      'Under way: Scale orders-service from 2 to 3. Step 2 of 2: scale Deployment/sales-service from 1 to 2. 1 of 2 pods available.',
    )
  })

  it('does not say twice what its only step does', () => {
    const answer = running([{ state: 'sent', says: '1 of 3 pods available' }], one)
    expect(answer.text).toBe('Under way: Scale orders-service from 2 to 3. 1 of 3 pods available.')
    expect(plainAnswer(answer)).toContain('● Under way: 1 of 3 pods available.')
    expect(plainAnswer(answer).match(/from 2 to 3/g)).toHaveLength(1)
  })

  it('can be cancelled while a step is left, and not while the last one is checked', () => {
    const checked = operationOf({ plan: one, state: 'verifying', steps: standing(one, [done]) })
    expect(buttonLines(running([done])).join()).toContain('cancel')
    expect(buttonLines(card(checked)).join()).not.toContain('cancel')
    expect(card(checked).text).toBe('Done, and being checked: Scale orders-service from 2 to 3.')
  })

  it('names many steps that stand alike in one line, and the one under way in its own', () => {
    const many = planOf({ steps: Array.from({ length: 10 }, (_, n) => scaleStep(`s${n}`)) })
    const shown = plainAnswer(
      running([done, done, done, done, { state: 'sent', says: '1 of 3 available' }], many),
    )
    expect(shown).toContain(
      '✓ Done, 4 steps: s0, s1, s2, s3.\n● Under way: scale Deployment/s4 from 2 to 3. 1 of 3 available.\n○ Waits, 5 steps: s5, s6, s7, s8, s9.',
    )
  })

  it('shows the log of what is under way, and none where several are and none is', () => {
    expect(buttonLines(running([done, { state: 'sent' }]))).toContain('logs: logs sales-service')
    expect(buttonLines(running([done, done])).join()).not.toContain('logs:')
  })
})

describe('the message of an operation that has ended', () => {
  it('says what proves it, and once', () => {
    const outcome =
      'Deployment/orders-service: 3 of 3 pods available; Deployment/sales-service: 3 of 3 pods available.'
    const shown = plainAnswer(card(ended(two, { outcome })))
    expect(shown).not.toContain(outcome)
    expect(shown).toContain('✓ Done: scale Deployment/orders-service from 2 to 3. 3 of 3 pods available.')
    expect(card(ended(one, { outcome: 'Deployment/orders-service: 3 of 3 pods available.' })).text).toBe(
      'Succeeded: Scale orders-service from 2 to 3. 3 of 3 pods available.',
    )
  })

  it('says what else happened, as a failure’s reason', () => {
    const outcome = 'Deployment/sales-service: CrashLoopBackOff. 1 of 2 steps had been done.'
    const answer = card(
      ended(two, { state: 'failed', outcome }, [done, { ...done, state: 'failed' } as never]),
    )
    expect(answer.text).toBe(`Failed: Scale orders-service from 2 to 3. ${outcome}`)
    expect(buttonLines(answer)).toContain('logs: logs sales-service')
  })

  it('offers the way back where new pods did not come up', () => {
    const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'pos-service', uid: 'u' } as const
    const plan = planOf({ steps: [{ kind: 'restart', ref, template: 't' }] })
    expect(buttonLines(card(ended(plan, { state: 'failed' })))).toContain('run: rollback pos-service')
    expect(buttonLines(card(ended(plan, {})))).not.toContain('run: rollback pos-service')
    expect(buttonLines(card(ended(one, { state: 'failed' }))).join()).not.toContain('rollback')
  })

  it('says until when somebody has to keep it, also on a lock screen', () => {
    const answer = card(ended(one, { confirmWithinSeconds: 600, confirmUntil: '2026-11-23T05:10:00.000Z' }))
    const sentence = 'It is undone by itself at 2026-11-23 06:10 CET (05:10 UTC) unless somebody keeps it.'
    expect(answer.text).toContain(sentence)
    expect(plainAnswer(answer)).toContain(sentence)
    expect(answer.blocks.some((block) => JSON.stringify(block).includes('Keep it'))).toBe(true)
  })

  it('says that it stays when nobody kept it in time and nothing takes it back', () => {
    const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: 'pos-service', uid: 'u' } as const
    const restart = planOf({ steps: [{ kind: 'restart', ref, template: 't' }] })
    const answer = card(ended(restart, { confirmWithinSeconds: 600, confirmUntil: null }))
    expect(answer.text).toContain('Nobody kept it in time, and nothing can take it back: it stays as it is.')
    const tried = card(ended(one, { confirmWithinSeconds: 600, confirmUntil: null }))
    expect(tried.text).toContain(
      'Nobody kept it in time, and undoing it by itself did not come about: the operation that tried says why. It can still be undone.',
    )
    expect(JSON.stringify(tried.blocks)).not.toContain('Keep it')
    expect(JSON.stringify(answer.blocks)).not.toContain('Keep it')
    expect(card(ended(one, { confirmWithinSeconds: null })).text).not.toContain('kept')
  })

  it('says when what it took out of git’s care goes back', () => {
    const resume = { afterSeconds: 3600, steps: [], says: 'Kustomization/bakery-ia is resumed after 1 h' }
    const shown = plainAnswer(card(ended(planOf({ resume }), {})))
    expect(shown).toMatch(/is resumed after 1 h\. That is at 2026-11-23 \d\d:\d\d CET \(\d\d:\d\d UTC\)\./)
    expect(plainAnswer(card(ended(planOf({ resume }), { undoneBy: 'a1b2c3d4e5' })))).not.toContain(
      'resumed after',
    )
  })

  it('says that it ran without a second person, and closes that with one click until somebody has', () => {
    const breakGlass = { reason: 'the shop is down', reviewedBy: null }
    const open = card(ended(one, { breakGlass }))
    expect(plainAnswer(open)).toContain(
      'Without a second person: the shop is down; nobody has reviewed it yet.',
    )
    expect(JSON.stringify(open.blocks)).toContain('I have reviewed it')
    const closed = card(ended(one, { breakGlass: { ...breakGlass, reviewedBy: 'ana' } }))
    expect(plainAnswer(closed)).toContain('Without a second person: the shop is down; ana has reviewed it.')
    expect(JSON.stringify(closed.blocks)).not.toContain('I have reviewed it')
  })

  it('names what undoes it, and shows it with one click', () => {
    const answer = card(ended(one, { undoneBy: 'a1b2c3d4e5' }))
    expect(plainAnswer(answer)).toContain('Operation a1b2c3d4e5 undoes it.')
    expect(buttonLines(answer)).toContain('run: ops show a1b2c3d4e5')
  })

  it('says who approved it, and when Bakery began it by itself', () => {
    const review = { ...actor('U0ANA', 'ana'), digest: '', verdict: 'approve', reason: null, at } as const
    expect(plainAnswer(card(ended(one, { reviews: [review] })))).toContain(
      'Asked for by marco, approved by ana. Operation k3j2h1g0f9.',
    )
    expect(plainAnswer(card(ended(one, { follows: 'undo', undoes: 'a1b2c3d4e5' })))).toContain(
      'Begun by Bakery itself, because nobody kept what marco had asked for.',
    )
  })
})

describe('an operation looked at', () => {
  const look = (operation: Operation) =>
    plainAnswer(operationShown(operation, { names, zone, now: new Date(NOW) }))

  it('names its steps, its person and its plan once', () => {
    const shown = look(ended(two, {}))
    expect(shown.match(/scale Deployment\/sales-service from 1 to 2/g)).toHaveLength(1)
    expect(shown.match(/asked for/gi)).toHaveLength(1)
    expect(shown.match(/Operation k3j2h1g0f9/g)).toHaveLength(1)
  })

  it('says in a sentence how it stands', () => {
    expect(look(operationOf())).toContain('• Waits for approval; it can begin until 2026-11-23')
    expect(look(ended(one, {}))).toContain('• Succeeded, 2026-11-23')
  })
})

describe('a plan that has become another one', () => {
  const warned = (code: string) => planOf({ warnings: [{ code, text: `It is ${code}.` }] })

  it.each([
    [
      'its headline',
      planOf({ headline: 'Scale orders-service from 4 to 3' }),
      'Now it would be: Scale orders-service from 4 to 3.',
    ],
    ['a warning that is new', warned('QUOTA'), 'What is new: It is QUOTA.'],
    [
      'an object that was replaced',
      planOf({ steps: [{ ...scaleStep(), ref: { ...scaleStep().ref, uid: 'other' } } as never] }),
      'Somebody changed or replaced Deployment/orders-service meanwhile.',
    ],
    ['nothing that is shown', planOf(), ''],
  ])('says in what it differs: %s', (_what, now, sentence) => {
    expect(movedSentence(one, now)).toBe(sentence)
  })

  it('says what does not hold any more', () => {
    expect(movedSentence(warned('QUOTA'), planOf())).toBe('What does not hold any more: It is QUOTA.')
  })
})
