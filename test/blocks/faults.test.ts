import { describe, expect, it } from 'vitest'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { Block, Button } from '../../src/blocks/types.ts'

const plain = (text: string) => ({ type: 'plain_text', text }) as const
const section = (length: number): Block => ({ type: 'section', text: plain('x'.repeat(length)) })
const button = (more: Partial<Button> = {}): Button => ({
  type: 'button',
  action_id: 'run',
  text: plain('Run'),
  ...more,
})
const row = (...elements: Button[]): Block => ({ type: 'actions', elements })

describe('a message', () => {
  it.each<[string, readonly Block[], string]>([
    ['no blocks', [], 'blocks: 0, expected 1 to 50'],
    ['51 blocks', Array.from({ length: 51 }, () => section(1)), 'blocks: 51, expected 1 to 50'],
    ['a long section', [section(3001)], 'block 1 (section): text: 3001, expected 1 to 3000'],
    ['an empty text', [{ type: 'section', text: plain(' ') }], 'block 1 (section): the text is empty'],
    ['a section of nothing', [{ type: 'section' }], 'block 1 (section): has neither text nor fields'],
    ['a long header', [{ type: 'header', text: plain('x'.repeat(151)) }], 'text: 151, expected 1 to 150'],
    [
      '11 fields',
      [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }],
      'fields: 11, expected 1 to 10',
    ],
    [
      'a long field',
      [{ type: 'section', fields: [plain('x'.repeat(2001))] }],
      'field: text: 2001, expected 1 to 2000',
    ],
    ['an empty context', [{ type: 'context', elements: [] }], 'elements: 0, expected 1 to 10'],
    ['an empty row', [row()], 'elements: 0, expected 1 to 25'],
    [
      '26 buttons',
      [row(...Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` })))],
      'elements: 26',
    ],
    ['two buttons of one id', [row(button(), button())], 'action_id: "run" stands twice'],
    ['a long label', [row(button({ text: plain('x'.repeat(76)) }))], 'text: 76, expected 1 to 75'],
    ['a long value', [row(button({ value: 'x'.repeat(2001) }))], 'value: 2001, expected 1 to 2000'],
    ['a long id', [row(button({ action_id: 'x'.repeat(256) }))], 'action_id: 256, expected 1 to 255'],
    [
      'a long spoken label',
      [row(button({ accessibility_label: 'x'.repeat(76) }))],
      'accessibility_label: 76',
    ],
    [
      'two blocks of one id',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id: "a" stands twice',
    ],
    [
      'an empty preformatted text',
      [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: '' }] }],
        },
      ],
      'text: 0',
    ],
    [
      'an input without a label',
      [{ type: 'input', label: plain(''), element: { type: 'plain_text_input', action_id: 'a' } }],
      'label: the text is empty',
    ],
    [
      'a select of nothing',
      [
        {
          type: 'section',
          text: plain('x'),
          accessory: { type: 'static_select', action_id: 'a', options: [] },
        },
      ],
      'options: 0, expected 1 to 100',
    ],
    [
      'two options of one value',
      [
        {
          type: 'section',
          text: plain('x'),
          accessory: {
            type: 'static_select',
            action_id: 'a',
            options: [1, 2].map(() => ({ text: plain('x'), value: 'v' })),
          },
        },
      ],
      'option value: "v" stands twice',
    ],
    [
      'a long confirmation',
      [
        row(
          button({
            confirm: {
              title: plain('x'.repeat(101)),
              text: plain('x'),
              confirm: plain('x'),
              deny: plain('x'),
            },
          }),
        ),
      ],
      'confirm title: text: 101, expected 1 to 100',
    ],
  ])('with %s is at fault', (_what, blocks, fault) => {
    expect(limitFaults(blocks).join('\n')).toContain(fault)
  })

  it('at every limit is not', () => {
    const blocks = [
      ...Array.from({ length: 49 }, () => section(3000)),
      row(button({ value: `line:${'x'.repeat(3000)}` })),
    ]
    expect(limitFaults(blocks)).toEqual([])
  })
})
