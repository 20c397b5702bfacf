import type { OutboxItem } from '../core/ports/outbox.ts'

/** Slack's limit for a section's text (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
const SECTION_LENGTH = 3_000

type Block = OutboxItem['blocks'][number]

/** The parts of a message that every way of sending has in common. */
export interface SlackMessage {
  readonly text: string
  readonly blocks?: readonly Block[]
  readonly metadata: { readonly event_type: string; readonly event_payload: { readonly outbox: string } }
  readonly unfurl_links: false
  readonly unfurl_media: false
  readonly link_names: false
}

/** The message as it is meant. Its metadata carries the outbox id, by which it is found again in the history. */
export function messageOf(item: OutboxItem): SlackMessage {
  return { ...common(item), ...(item.blocks.length === 0 ? {} : { blocks: item.blocks }) }
}

/**
 * The message in its plainest form, for a Slack that refuses a block of it: the one line that says everything by itself,
 * under the same block id.
 */
export function plainOf(item: OutboxItem): SlackMessage {
  const blockId = item.blocks[0]?.block_id
  const section: Block = {
    type: 'section',
    ...(blockId === undefined ? {} : { block_id: blockId }),
    text: { type: 'plain_text', text: cut(item.text, SECTION_LENGTH) },
  }
  return { ...common(item), text: cut(item.text, SECTION_LENGTH), blocks: [section] }
}

function common(item: OutboxItem): Omit<SlackMessage, 'blocks'> {
  return {
    text: item.text,
    metadata: { event_type: `bakery_${item.kind}`, event_payload: { outbox: item.id } },
    unfurl_links: false,
    unfurl_media: false,
    link_names: false,
  }
}

/** Cuts between characters, never inside one. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${Array.from(text.slice(0, length - 1))
    .join('')
    .replace(/[\uD800-\uDBFF]$/, '')}…`
}
