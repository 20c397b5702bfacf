import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OutboxItem } from '../../src/core/ports/outbox.ts'
import { messageOf, plainOf } from '../../src/slack/message.ts'

const item = (over: Partial<OutboxItem> = {}): OutboxItem => ({
  id: 'o1',
  kind: 'health',
  text: 'All is well.',
  blocks: [
    { type: 'section', block_id: 'bakery:health:o1:1', text: { type: 'mrkdwn', text: '*All is well.*' } },
    { type: 'divider' },
  ],
  files: [],
  destination: { to: 'person', user: 'U1', threadTs: null },
  attempts: 0,
  unknownSince: null,
  createdAt: new Date(0),
  ...over,
})

describe('a message as Slack gets it', () => {
  it('carries its outbox id and nothing that Slack would unfold or link', () => {
    expect(messageOf(item())).toEqual({
      text: 'All is well.',
      blocks: item().blocks,
      metadata: { event_type: 'bakery_health', event_payload: { outbox: 'o1' } },
      unfurl_links: false,
      unfurl_media: false,
      link_names: false,
    })
  })

  it('has no empty list of blocks, which Slack refuses', () => {
    expect(messageOf(item({ blocks: [] }))).not.toHaveProperty('blocks')
  })

  it('in its plain form is one section of plain text under the same block id', () => {
    expect(plainOf(item()).blocks).toEqual([
      { type: 'section', block_id: 'bakery:health:o1:1', text: { type: 'plain_text', text: 'All is well.' } },
    ])
    expect(plainOf(item()).metadata).toEqual(messageOf(item()).metadata)
  })

  it('in its plain form always fits, and is never cut inside a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (word) => {
        const text = word.repeat(Math.ceil(3_500 / word.length))
        const plain = plainOf(item({ text })).text
        expect(plain.length).toBeLessThanOrEqual(3_000)
        expect(plain.isWellFormed()).toBe(text.isWellFormed())
      }),
      { numRuns: 300 },
    )
  })
})
