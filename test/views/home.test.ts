import { expect, it } from 'vitest'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { HomeFacts } from '../../src/core/home.ts'
import type { Operation } from '../../src/core/operation.ts'
import { NOTHING_TO_DECIDE } from '../../src/core/to-decide.ts'
import { home } from '../../src/views/home.ts'
import { plainAnswer } from '../../src/views/plain.ts'
import { operationOf } from '../support/operations.ts'

const FACTS: HomeFacts = {
  ...{ health: 'Bakery-IA is well.', toDecide: NOTHING_TO_DECIDE, own: [], overrides: [], missing: [] },
  names: new Map([['U0MARCO', 'marco']]),
  channels: new Map([['C0OPERATIONS', 'operations']]),
}
const shown = (facts: Partial<HomeFacts>) => {
  const blocks = home({ ...FACTS, ...facts }, 'Europe/Madrid')
  expect(limitFaults(blocks, 100)).toEqual([])
  return {
    text: plainAnswer({ kind: 'table', audience: 'requester', text: '', blocks }),
    json: JSON.stringify(blocks),
  }
}
const id = (n: number) => `op${String(n).padStart(8, '0')}`
const many = (count: number, changes: Partial<Operation> = {}) =>
  Array.from({ length: count }, (_, n) => operationOf({ id: id(n), ...changes }))

it('a home says of nothing more than that it is this person’s', () => {
  const { text } = shown({})
  expect(text).toContain('Nothing waits for your decision.')
  expect(text).toContain('You hold nothing back from git.')
})

it('a home has what ran without a second person, with why, where to look, and the button that closes it', () => {
  const breakGlass = { reason: 'the shop is down', reviewedBy: null }
  const [broken] = many(1, { state: 'succeeded', breakGlass })
  const { text, json } = shown({ toDecide: { ...NOTHING_TO_DECIDE, unreviewed: [broken!] } })
  expect(text).toContain(
    `ran without a second person, for marco: the shop is down. To look at it first, in #operations: /bakery ops show ${id(0)}`,
  )
  expect(json).toContain(`"action_id":"review","value":"${id(0)}.${broken!.digest.slice(0, 16)}"`)
  expect(text).not.toContain('Nothing waits')
})

it('a home has what nobody could find out about, and where to say how it ended', () => {
  const unresolved = many(1, { state: 'needs-human' })
  expect(shown({ toDecide: { ...NOTHING_TO_DECIDE, unresolved } }).text).toMatch(
    /needs a person: nobody could find out how it ended\. Asked by marco\. .* in #operations: \/bakery ops show/,
  )
})

it('a home keeps within Slack’s limits, and counts what it has no room for', () => {
  const toDecide = { awaiting: many(20), unreviewed: many(20), unresolved: many(20) }
  const override = { id: '1', operation: id(0), says: 'x', target: 'bakery-ia', owner: 'U0MARCO' }
  const rest = { channel: 'C0OPERATIONS', until: '2026-11-23T06:00:00Z', steps: [], remindedAt: null }
  const overrides = Array.from({ length: 40 }, () => ({
    ...{ ...override, ...rest, resumedBy: null, endedAt: null, failure: null },
  }))
  const { text } = shown({ toDecide, own: many(20), overrides, missing: ['a', 'b', 'c', 'd'] })
  expect(text.match(/… and \d+ more\./g)).toEqual([
    ...['… and 10 more.', '… and 15 more.', '… and 12 more.', '… and 8 more.', '… and 25 more.'],
  ])
  expect(text).toContain('This page is as of the moment you opened it.')
})
