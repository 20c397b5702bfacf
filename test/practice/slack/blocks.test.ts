import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockFaults } from '../../../practice/slack/block-rules.ts'
import { type Setup, setUp } from './support.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })
const button = (action: string, text = 'Go') => ({
  type: 'button',
  action_id: action,
  text: plain(text),
  value: 'v',
})
const row = (...elements: object[]) => ({ type: 'actions', elements })

describe('the limits that Slack documents for blocks', () => {
  it.each([
    ['50 blocks', Array.from({ length: 50 }, () => section('a'))],
    ['a section of 3,000 characters', [section('a'.repeat(3000))]],
    ['characters outside the basic plane counted once', [section('🥐'.repeat(3000))]],
    ['a header of 150 characters', [{ type: 'header', text: plain('a'.repeat(150)) }]],
    [
      '25 different buttons in a row',
      [row(...Array.from({ length: 25 }, (_, index) => button(`a${index}`)))],
    ],
    ['the same action in two rows', [row(button('logs')), row(button('logs'))]],
    [
      'preformatted text',
      [
        {
          type: 'rich_text',
          elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'x' }] }],
        },
      ],
    ],
  ])('are kept by %s', (_, blocks) => {
    expect(blockFaults(blocks, 'message')).toEqual([])
  })

  it.each([
    [
      '51 blocks',
      Array.from({ length: 51 }, () => section('a')),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    [
      'a section of 3,001 characters',
      [section('a'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty section', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      'eleven things in a context',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('a')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['an empty row of buttons', [row()], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
    [
      'one action twice in a row',
      [row(button('logs'), button('logs'))],
      '`action_id` logs already exists for another element [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a button of 76 characters',
      [row(button('a', 'a'.repeat(76)))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a made-up property',
      [{ ...section('a'), colour: 'red' }],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    ['a made-up block', [{ type: 'banner' }], 'unsupported type: banner [json-pointer:/blocks/0/type]'],
    [
      'one block_id twice',
      [
        { ...section('a'), block_id: 'x' },
        { ...section('b'), block_id: 'x' },
      ],
      '`block_id` x already exists for another block [json-pointer:/blocks/1/block_id]',
    ],
    [
      'an option value of 151',
      [
        row({
          type: 'static_select',
          action_id: 's',
          options: [{ text: plain('a'), value: 'v'.repeat(151) }],
        }),
      ],
      'must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
    ],
  ])('are broken by %s', (_, blocks, fault) => {
    expect(blockFaults(blocks, 'message')).toEqual([`[ERROR] ${fault}`])
  })
})

describe('a message that Slack would refuse', () => {
  let at: Setup
  beforeAll(async () => {
    at = await setUp({ rateLimits: false })
  })
  afterAll(() => at.stop())

  it('is refused whole, and the error names the place', async () => {
    const blocks = [section('fine'), row(button('logs'), button('logs'))]
    const error = await at.client.chat
      .postMessage({ channel: 'C0OPERATIONS', text: 'x', blocks: blocks as never })
      .catch((thrown: { data: object }) => thrown.data)
    expect(error).toMatchObject({ error: 'invalid_blocks' })
    expect(JSON.stringify(error)).toContain('json-pointer:/blocks/1/elements/1/action_id')
    expect(await at.slack.messages('C0OPERATIONS')).toEqual([])
  })
})
