import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limitFaults } from '../../src/blocks/faults.ts'
import { CODES } from '../../src/core/codes.ts'
import { failure, failureIn, refusal, refusalBurst } from '../../src/views/refusal.ts'
import { hostileText } from '../support/hostile.ts'

const facts = {
  code: 'NO_ROLE',
  message: '“logs” needs the role member in this channel; you are viewer',
  suggestions: ['whoami', 'help logs'],
  ref: 'K7M2Q9XA',
} as const

describe('a refusal', () => {
  it('asks others for what only they may do, with a button that says so', () => {
    const { blocks } = refusal({
      ...{ code: 'SELF_APPROVAL', message: 'It is your own', ref: 'K7M2Q9XA' },
      suggestions: ['ask ops decide 4f7k2m9x0q 9f86d081884c7d65', 'ops cancel 4f7k2m9x0q'],
    })
    const row = blocks.find((block) => block.type === 'actions')
    expect(row).toMatchObject({
      elements: [
        {
          ...{ text: { text: 'Ask them' }, value: 'line:ask ops decide 4f7k2m9x0q 9f86d081884c7d65' },
          accessibility_label: 'Ask those who may do it to run ops decide 4f7k2m9x0q 9f86d081884c7d65',
        },
        { text: { text: 'ops cancel 4f7k2m9x0q' } },
      ],
    })
  })

  it('says why, offers what to do instead, and ends with its code and reference', () => {
    expect(refusal(facts)).toEqual({
      kind: 'refusal',
      audience: 'requester',
      text: '“logs” needs the role member in this channel; you are viewer. NO_ROLE · ref K7M2Q9XA',
      blocks: [
        {
          type: 'section',
          text: {
            type: 'plain_text',
            text: '“logs” needs the role member in this channel; you are viewer.',
            emoji: false,
          },
        },
        {
          type: 'actions',
          elements: ['whoami', 'help logs'].map((line) => ({
            type: 'button',
            action_id: 'run',
            text: { type: 'plain_text', text: line, emoji: false },
            accessibility_label: `Run ${line}`,
            value: `line:${line}`,
          })),
        },
        { type: 'context', elements: [{ type: 'plain_text', text: 'NO_ROLE · ref K7M2Q9XA', emoji: false }] },
      ],
    })
  })

  it('keeps its ending in sight and within the limits of Slack, whatever the message is', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.array(hostileText, { maxLength: 8 }),
        fc.constantFrom(...CODES),
        (message, suggestions, code) => {
          const answer = refusal({ ...facts, code, message, suggestions })
          expect(answer.text.endsWith(`${code} · ref K7M2Q9XA`)).toBe(true)
          expect(answer.text.length).toBeLessThan(2100)
          // Two equal action ids in a row are told apart when the message is sealed.
          expect(limitFaults(answer.blocks).filter((fault) => !fault.includes('"run" stands twice'))).toEqual(
            [],
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  it('of something that failed carries the reference too', () => {
    expect(failure({ message: 'Prometheus did not answer within 5 s', ref: 'K7M2Q9XA' }).text).toBe(
      'Prometheus did not answer within 5 s. UNAVAILABLE · ref K7M2Q9XA',
    )
  })

  it('of something that failed says moments in the platform’s zone, and begins as a sentence', () => {
    const message = 'cannot list pods; the API server last answered at 2026-11-24T03:47:22Z'
    expect(failureIn('Europe/Madrid')({ message, ref: 'K7M2Q9XA' }).text).toBe(
      'Cannot list pods; the API server last answered at 2026-11-24 04:47 CET (03:47 UTC). UNAVAILABLE · ref K7M2Q9XA',
    )
    expect(failure({ message: 'orders-service has no pod', ref: 'K7M2Q9XA' }).text).toMatch(/^orders-service/)
  })

  it('that comes again and again is told with a way to see them all', () => {
    const answer = refusalBurst({ person: 'marco', count: 7, minutes: 10 })
    expect(answer).toMatchObject({
      kind: 'alert',
      audience: 'channel',
      text: 'marco was refused 7 times within 10 minutes.',
    })
    expect(JSON.stringify(answer.blocks)).toContain('line:audit search --decision refused --since 10m')
  })
})
