import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  actions,
  code,
  commandButton,
  context,
  divider,
  fields,
  header,
  preformatted,
  section,
  text,
} from '../../src/blocks/builders.ts'
import type { Answer } from '../../src/core/answer.ts'
import { plainAnswer } from '../../src/views/plain.ts'
import { hostileText } from '../support/hostile.ts'

function answer(more: Partial<Answer>): Answer {
  return { kind: 'health', audience: 'channel', text: 'All is well.', blocks: [], ...more }
}

describe('an answer in a terminal', () => {
  it('is the text that Slack would draw, without its markup', () => {
    const blocks = [
      header('Health'),
      section(text`*${'orders_service'}* runs ${code('v1 <latest>')}, _${'not'}_ ${'*this* & __init__ a_b'}`),
      fields([text`*Pods*\n${3}`, 'plain *stays*']),
      divider(),
      preformatted(['pod   age', 'a-1   5 s']),
      ...actions(commandButton({ action: 'logs', label: 'Logs', line: 'logs orders-service' })),
      context('seen just now'),
    ]
    expect(plainAnswer(answer({ blocks })).split('\n')).toEqual([
      'Health',
      '======',
      '',
      'orders_service runs v1 <latest>, not *this* & __init__ a_b',
      '',
      'Pods',
      '3',
      'plain *stays*',
      '',
      '-'.repeat(45),
      '',
      'pod   age',
      'a-1   5 s',
      '',
      '  Logs: logs orders-service',
      '',
      'seen just now',
    ])
  })

  it('is its one line when there are no blocks', () => {
    expect(plainAnswer(answer({}))).toBe('All is well.')
  })

  it('has its thread after it, and names its files', () => {
    const file = { name: 'health.json', title: 'The report as data', content: '{}' }
    const thread = [answer({ text: 'Details.' })]
    expect(plainAnswer(answer({ thread, files: [file] }))).toBe(
      'All is well.\n\nDetails.\n\nFile health.json: The report as data',
    )
  })

  it('never moves the cursor or colours the terminal', () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        const blocks = [
          section(value),
          section(text`${value} ${code(value)}`),
          preformatted(value),
          ...actions(commandButton({ action: 'a', label: value, line: value })),
        ]
        const file = { name: value, title: value, content: '' }
        const shown = plainAnswer(answer({ text: value, blocks, files: [file] }))
        expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u)
      }),
      { numRuns: 2000 },
    )
  })
})
