import type { OutboxItem } from '../core/ports/outbox.ts'

type Block = OutboxItem['blocks'][number]

/** Slack's limit for a section's text (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
const SECTION_LENGTH = 3_000

/** What is said of a request that could not be recorded: there is no outbox then, so the reference names the message. */
export function notRecordedMessage(text: string, ref: string): { text: string; blocks: readonly Block[] } {
  const section: Block = {
    type: 'section',
    block_id: `bakery:refusal:${ref}:1`,
    text: { type: 'plain_text', text: text.slice(0, SECTION_LENGTH), emoji: false },
  }
  return { text, blocks: [section] }
}

/** The view that takes the place of a modal whose submission could not be recorded. */
export function notRecordedView(text: string): Readonly<Record<string, unknown>> {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Not recorded' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [{ type: 'section', text: { type: 'plain_text', text: text.slice(0, SECTION_LENGTH) } }],
  }
}
