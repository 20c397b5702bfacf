import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actions, commandButton, header, section, text } from '../../src/blocks/builders.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { Block } from '../../src/blocks/types.ts'
import type { Answer } from '../../src/core/answer.ts'
import { offerDigest, paginate, seal } from '../../src/core/seal.ts'
import { hostileText } from '../support/hostile.ts'

const logs = (line: string) => commandButton({ action: 'logs', label: 'Logs', line })
function answer(blocks: readonly Block[], more: Partial<Answer> = {}): Answer {
  return { kind: 'health', audience: 'channel', text: 'All is well.', blocks, ...more }
}
const sealed = (one: Answer) => seal({ answer: one, outboxId: '0192f1c4', version: 1, ref: 'K7M2Q9XA' })

describe('a sealed message', () => {
  it('says in its first block which message it is', () => {
    const { blocks, text: fallback, files } = sealed(answer([header('Health'), section('ok')]))
    expect(blocks.map(({ block_id }) => block_id)).toEqual(['bakery:health:0192f1c4:1', undefined])
    expect(fallback).toBe('All is well.')
    expect(files).toEqual([])
  })

  it('has a block even when the answer has none', () => {
    expect(sealed(answer([])).blocks).toEqual([
      {
        type: 'section',
        block_id: 'bakery:health:0192f1c4:1',
        text: { type: 'plain_text', text: 'All is well.', emoji: false },
      },
    ])
  })

  it('has something to show even when the answer says nothing', () => {
    const { blocks, text: fallback } = sealed(answer([], { text: ' \u200b\n' }))
    expect([fallback, blocks[0]]).toEqual(['Bakery', expect.objectContaining({ type: 'section' })])
    expect(limitFaults(blocks)).toEqual([])
  })

  it('carries no command line, only what finds it again', () => {
    const { blocks, offers } = sealed(
      answer([section('x', logs('pods orders')), ...actions(logs('logs orders'))]),
    )
    expect(JSON.stringify(blocks)).not.toContain('orders')
    expect(offers.map(({ action, line }) => [action, line])).toEqual([
      ['logs', 'pods orders'],
      ['logs', 'logs orders'],
    ])
    const [first, second] = offers
    expect(first?.id).toMatch(/^[0-9a-z]{16}$/)
    expect(first?.digest).toBe(offerDigest('logs', 'pods orders'))
    expect(JSON.stringify(blocks)).toContain(`"value":"${second?.id}.${second?.digest}"`)
  })

  it('digests an offer in the form of RFC 8785', () => {
    // printf '{"action":"logs","line":"logs orders"}' | sha256sum
    expect(offerDigest('logs', 'logs orders')).toBe('d8e4763ce25acf14')
  })

  it('tells apart two buttons of one action in a row', () => {
    const { blocks, offers } = sealed(answer([...actions(logs('logs a'), logs('logs b'))]))
    expect(blocks[0]).toMatchObject({ elements: [{ action_id: 'logs' }, { action_id: 'logs.2' }] })
    expect(offers.map(({ action }) => action)).toEqual(['logs', 'logs.2'])
  })

  it('puts its own id where a button asks for it, and nowhere else', () => {
    const { offers } = sealed(
      answer([...actions(logs('share {message}'), logs('logs a --grep "{message}"'))]),
    )
    expect(offers.map(({ line }) => line)).toEqual(['share 0192f1c4', 'logs a --grep "{message}"'])
  })

  it('is the same again after a crash, and another one after an update', () => {
    const one = answer([...actions(logs('logs a'))])
    expect(sealed(one)).toEqual(sealed(one))
    const update = seal({ answer: one, outboxId: '0192f1c4', version: 2, ref: 'K7M2Q9XA' })
    expect(update.offers[0]?.id).not.toBe(sealed(one).offers[0]?.id)
    expect(update.blocks[0]?.block_id).toBe('bakery:health:0192f1c4:2')
  })

  it('escapes what a lock screen shows', () => {
    const { text: fallback } = sealed(answer([], { text: '<!channel> \u202e& <@U1>\n' }))
    expect(fallback).toBe('&lt;\u2060!channel&gt; &amp; &lt;\u2060@U1&gt;')
  })

  it('says how many parts did not fit, with the reference', () => {
    const { blocks } = sealed(answer(Array.from({ length: 60 }, (_, index) => section(`part ${index}`))))
    expect(blocks).toHaveLength(50)
    expect(blocks.at(-1)).toMatchObject({
      text: { text: '11 more parts did not fit into this message. Ask for less at once. Ref K7M2Q9XA.' },
    })
  })

  it('keeps a second block from having the id of another', () => {
    const one = { ...section('x'), block_id: 'mine' }
    const { blocks } = sealed(answer([section('first'), one, one]))
    expect(blocks.map(({ block_id }) => block_id)).toEqual(['bakery:health:0192f1c4:1', 'mine', undefined])
  })

  it('is never one that Slack refuses', () => {
    const block = fc.oneof(
      hostileText.map((value) => section(value)),
      hostileText.map((value) => section(text`${value}`)),
      fc.array(hostileText, { minLength: 1, maxLength: 3 }).map((lines) => actions(...lines.map(logs))),
    )
    fc.assert(
      fc.property(hostileText, fc.array(block, { maxLength: 70 }), (sentence, blocks) => {
        const message = sealed(answer(blocks.flat(), { text: sentence }))
        expect(limitFaults(message.blocks)).toEqual([])
        expect(message.text).not.toMatch(/[<>]/)
        expect(message.text.length).toBeGreaterThan(0)
        expect(message.text.length).toBeLessThanOrEqual(3000)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a long answer', () => {
  it('goes on in its thread', () => {
    const long = answer(
      Array.from({ length: 120 }, (_, index) => section(`part ${index}`)),
      {
        thread: [answer([section('detail')], { text: 'Detail.' })],
      },
    )
    const paged = paginate(long)
    expect(
      [paged, ...(paged.thread ?? [])].map(({ blocks, text: sentence }) => [blocks.length, sentence]),
    ).toEqual([
      [50, 'All is well.'],
      [50, 'All is well. (2 of 3)'],
      [20, 'All is well. (3 of 3)'],
      [1, 'Detail.'],
    ])
  })

  it('is divided by its length too', () => {
    const paged = paginate(answer(Array.from({ length: 10 }, () => section('x'.repeat(3000)))))
    expect(paged.thread).toHaveLength(3)
  })

  it('stays as it is when it fits', () => {
    const short = answer([section('x')], { thread: [answer([section('y')])] })
    expect(paginate(short)).toEqual(short)
  })
})
