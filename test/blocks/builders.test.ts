import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  actions,
  commandButton,
  context,
  divider,
  fields,
  header,
  preformatted,
  section,
  text,
} from '../../src/blocks/builders.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import { tableLines } from '../../src/blocks/table.ts'
import type { Block, RichTextBlock } from '../../src/blocks/types.ts'
import { displayWidth } from '../../src/blocks/width.ts'
import { hostileText, seedOf } from '../support/hostile.ts'

function everyBuilder(one: string, other: string): readonly Block[] {
  const button = commandButton({ action: 'run', label: one, line: other, accessibilityLabel: other })
  return [
    section(one),
    section(text`*${one}* ${other}`, button),
    fields([one, text`${other}`]),
    fields([]),
    header(one),
    context(one, text`${other}`),
    context(),
    ...actions(button, commandButton({ action: 'logs', label: other, line: one })),
    divider(),
    preformatted(one),
    preformatted([one, other]),
    preformatted(tableLines([{ title: one }, { title: other, align: 'right' }], [[other, 1], [one]])),
  ]
}

function linesOf({ elements }: RichTextBlock): readonly string[] {
  return elements.flatMap((element) => element.elements).flatMap(({ text: piece }) => piece.split('\n'))
}

describe('the builders', () => {
  it('make blocks that Slack takes, whatever is put into them', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        expect(limitFaults(everyBuilder(one, other))).toEqual([])
      }),
      { numRuns: 3000, seed: seedOf('hostile blocks') },
    )
  })

  it('never make a preformatted line wider than 45 columns', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.array(fc.tuple(hostileText, fc.integer()), { maxLength: 5 }),
        (one, rows) => {
          const lines = [
            ...linesOf(preformatted(one)),
            ...linesOf(preformatted(tableLines([{ title: one }, { title: 'n' }], rows))),
          ]
          expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(45)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('show a string as plain text and only markup as mrkdwn', () => {
    expect(section('*x* <!here>')).toEqual({
      type: 'section',
      text: { type: 'plain_text', text: '*x* <\u2060!here>', emoji: false },
    })
    expect(section(text`*x*`)).toEqual({
      type: 'section',
      text: { type: 'mrkdwn', text: '*x*', verbatim: true },
    })
  })

  it('stand in for nothing with a dash', () => {
    expect(section('').text?.text).toBe('–')
    expect(header('\u200b').text.text).toBe('–')
    expect(linesOf(preformatted(''))).toEqual(['–'])
  })

  it('make no block of no buttons', () => {
    expect(actions()).toEqual([])
  })

  it('say how many fields were left out', () => {
    const block = fields(Array.from({ length: 14 }, (_, index) => `f${index}`))
    expect(block.fields).toHaveLength(10)
    expect(block.fields?.at(-1)?.text).toBe('… +5 more')
  })

  it('say how many lines of a preformatted text were left out', () => {
    const lines = linesOf(preformatted(Array.from({ length: 500 }, (_, index) => `line ${index}`)))
    expect(lines[0]).toBe('line 0')
    expect(lines.at(-1)).toMatch(/^… \+\d+ more lines$/)
    expect(lines.length - 1 + Number(/\d+/.exec(lines.at(-1) ?? '')?.[0])).toBe(500)
  })

  it('give a button the whole line, to be exchanged later', () => {
    expect(commandButton({ action: 'logs', label: 'Logs', line: 'logs orders', style: 'primary' })).toEqual({
      type: 'button',
      action_id: 'logs',
      text: { type: 'plain_text', text: 'Logs', emoji: false },
      value: 'line:logs orders',
      style: 'primary',
    })
  })
})

describe('a table', () => {
  it('aligns numbers at the right and keeps the end of long names', () => {
    const lines = tableLines(
      [{ title: 'pod', keep: 'end' }, { title: 'ready' }, { title: 'restarts', align: 'right' }],
      [
        ['orders-service-6d4cf56db6-x2x9k', '1/1', 12],
        ['auth-service-5f6b8c7d9f-abcde', '0/1', 3],
      ],
    )
    expect(lines).toEqual([
      'pod                            ready restarts',
      '…ders-service-6d4cf56db6-x2x9k 1/1         12',
      'auth-service-5f6b8c7d9f-abcde  0/1          3',
    ])
  })

  it('counts wide characters as two columns', () => {
    const lines = tableLines(
      [{ title: 'name' }, { title: 'n', align: 'right' }],
      [
        ['日本', 1],
        ['ab', 2],
      ],
    )
    expect(lines).toEqual(['name n', '日本 1', 'ab   2'])
  })

  it('breaks long lines at a space and indents what follows', () => {
    expect(
      linesOf(preformatted('the connection to the database orders-db was refused by the server')),
    ).toEqual(['the connection to the database orders-db was', '  refused by the server'])
  })
})
