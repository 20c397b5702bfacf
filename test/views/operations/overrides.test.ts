import { describe, expect, it } from 'vitest'
import { limitFaults } from '../../../src/blocks/faults.ts'
import type { Answer } from '../../../src/core/answer.ts'
import type { HomeFacts } from '../../../src/core/home.ts'
import type { Override } from '../../../src/core/operation.ts'
import { seal } from '../../../src/core/seal.ts'
import { NOTHING_TO_DECIDE } from '../../../src/core/to-decide.ts'
import { home } from '../../../src/views/home.ts'
import { overridesList, stuckOverride } from '../../../src/views/operations/overrides.ts'
import { operationVoice } from '../../../src/views/operations/voice.ts'
import { plainAnswer } from '../../../src/views/plain.ts'

const zone = 'Europe/Madrid'
const override: Override = {
  ...{ id: 'o1', operation: '4f7k2m9x0q', target: 'bakery-ia', owner: 'U0ANA', channel: 'C0OPERATIONS' },
  ...{ says: 'Kustomization/bakery-ia is resumed after 1 h', until: '2026-11-23T06:00:00Z', steps: [] },
  ...{ remindedAt: null, resumedBy: null, endedAt: null, failure: null },
}
const failing: Override = {
  ...override,
  failure: {
    times: 3,
    operation: 'f41l3d0000',
    says: 'The API server refuses it',
    nextAt: '2026-11-23T06:40:00Z',
  },
}
const names = new Map([['U0ANA', 'ana']])

function shown(answer: Answer) {
  const sealed = seal({ answer, outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })
  expect(limitFaults(sealed.blocks)).toEqual([])
  return { text: plainAnswer(answer), lines: sealed.offers.map(({ line }) => line) }
}
const listed = (one: Override, now: string) =>
  shown(overridesList({ overrides: [one], freezes: [] }, { names, zone, now: new Date(now) }))

describe('an override', () => {
  it('is listed with when it ends, and a button that gives it back now', () => {
    const { text, lines } = listed(override, '2026-11-23T05:30:00Z')
    expect(text).toMatch(/resumed after 1 h\. By ana, ends .*07:00/)
    expect(text).not.toContain('could not')
    expect(lines).toEqual(['overrides end 4f7k2m9x0q', 'ops show 4f7k2m9x0q'])
  })

  it('that cannot be given back is listed with why, how often it was tried, and when it is tried next', () => {
    const { text, lines } = listed(failing, '2026-11-23T06:30:00Z')
    expect(text).toMatch(/was to end .*07:00/)
    expect(text).toMatch(
      /could not be given back \(3 tries\): The API server refuses it\. The next try is at .*07:40/,
    )
    expect(lines).toContain('ops show f41l3d0000')
  })

  it('that cannot be given back is told alone with its state, and the channel can act on it', () => {
    const channel = shown(stuckOverride(failing, zone, 'channel'))
    expect(stuckOverride(failing, zone, 'channel').text).toMatch(
      /^Not given back: bakery-ia should be back .*3 tries/,
    )
    expect(channel.lines).toEqual(['overrides end 4f7k2m9x0q', 'ops show f41l3d0000'])
    // In a direct message there is no channel in which a change could be asked for: it is named instead.
    expect(JSON.stringify(stuckOverride(failing, zone, 'person').blocks)).toContain('<#C0OPERATIONS>')
    expect(shown(stuckOverride(failing, zone, 'person')).lines).toEqual([])
  })

  it('is reminded of with its end and where it can be given back sooner, without a button that would be refused there', () => {
    const answer = operationVoice(zone).reminder(override)
    expect(answer.text).toBe(
      'Reminder: bakery-ia goes back to git at 2026-11-23 07:00 CET (06:00 UTC): Kustomization/bakery-ia is resumed after 1 h.',
    )
    expect(JSON.stringify(answer.blocks)).toContain(
      'To give it back now, in <#C0OPERATIONS>: /bakery overrides end 4f7k2m9x0q.',
    )
    expect(shown(answer).lines).toEqual([])
  })

  it('stands on its owner’s home with the next try, and how to give it back', () => {
    const facts: HomeFacts = {
      ...{ health: null, toDecide: NOTHING_TO_DECIDE, own: [], overrides: [failing], names, missing: [] },
      channels: new Map([['C0OPERATIONS', 'operations']]),
    }
    const text = JSON.stringify(home(facts, zone))
    expect(text).toContain('could not be given back (3 tries)')
    expect(text).toContain('in #operations: /bakery overrides end 4f7k2m9x0q')
    expect(limitFaults(home(facts, zone), 100)).toEqual([])
    expect(JSON.stringify(home({ ...facts, overrides: [override] }, zone))).toContain('That is at')
  })
})
