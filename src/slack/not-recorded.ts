/** Slack's limit for a section's text (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
const SECTION_LENGTH = 3_000

/** The view that takes the place of a modal whose submission could not be recorded. */
export function notRecordedView(text: string): Readonly<Record<string, unknown>> {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Not recorded' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [{ type: 'section', text: { type: 'plain_text', text: text.slice(0, SECTION_LENGTH) } }],
  }
}
