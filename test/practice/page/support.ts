import { type Page, type PageOptions, startPage } from '../../../practice/page/server.ts'
import type { PracticeSlack } from '../../../practice/slack/start.ts'
import { type Setup, setUp } from '../slack/support.ts'

export interface PageSetup extends Setup {
  readonly page: Page
}

/** What a page is started with, or how that follows from its Slack. */
export type Given = Partial<PageOptions> | ((slack: PracticeSlack) => Partial<PageOptions>)

/** A practice Slack with the page in front and a bot that knows nothing behind. */
export async function setUpPage(options: Given = {}): Promise<PageSetup> {
  const setup = await setUp({ rateLimits: false, events: ['app_home_opened'] })
  const page = await startPage({
    slack: setup.slack,
    completions: [
      { text: '/bakery health', summary: 'The state of everything.' },
      { text: '/bakery help', summary: 'What you may do here.' },
    ],
    suggestions: [{ channel: 'C0OPERATIONS', text: '/bakery health', why: 'the state of everything' }],
    ...(typeof options === 'function' ? options(setup.slack) : options),
  })
  return {
    ...setup,
    page,
    async stop() {
      await page.stop()
      await setup.stop()
    },
  }
}

const button = (action: string, text: string) => ({
  type: 'button',
  action_id: action,
  text: { type: 'plain_text', text },
  value: `${action}.1`,
})

/** A small report with a button. */
export const REPORT = [
  { type: 'header', text: { type: 'plain_text', text: 'One thing is wrong' } },
  { type: 'section', text: { type: 'mrkdwn', text: '`auth-db` refused at auth-db:5432, seen 07:00:03' } },
  { type: 'actions', block_id: 'row', elements: [button('refresh', 'Refresh'), button('logs', 'Logs')] },
] as never
