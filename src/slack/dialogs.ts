import type { Logger } from 'pino'
import type { Dialog } from '../core/dialog.ts'
import type { Dialogs } from '../core/ports/dialogs.ts'
import type { SlackClient } from './client.ts'
import type { Method } from './methods.ts'
import { classify } from './outcome.ts'

/** Slack's limits of a view (https://docs.slack.dev/reference/views): 100 blocks, 24 characters for its title and buttons. */
const MOST_BLOCKS = 100
const MOST_WORDS = 24

/** Views are shown at once or not at all: a trigger is good for 3 s, and a home is published anew each time it is opened. */
export function createDialogs(client: SlackClient, log: Logger): Dialogs {
  async function show(method: Method, args: Readonly<Record<string, unknown>>): Promise<boolean> {
    try {
      await client.call(method, args)
      return true
    } catch (thrown) {
      log.warn({ method, failure: classify(thrown) }, 'Slack did not show a view')
      return false
    }
  }
  return {
    open: (trigger, dialog) => show('views.open', { trigger_id: trigger, view: viewOf(dialog) }),
    publish: (user, blocks) =>
      show('views.publish', { user_id: user, view: { type: 'home', blocks: fitting(blocks) } }),
  }
}

function viewOf({ callbackId, title, submit, close, blocks, metadata }: Dialog) {
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: metadata,
    title: words(title),
    close: words(close),
    ...(submit === null ? {} : { submit: words(submit) }),
    blocks: fitting(blocks),
  }
}

function words(text: string) {
  return { type: 'plain_text', text: text.slice(0, MOST_WORDS), emoji: false }
}

function fitting(blocks: Dialog['blocks']): Dialog['blocks'] {
  return blocks.slice(0, MOST_BLOCKS)
}
