import type { Logger } from 'pino'
import type { Answer } from '../core/answer.ts'
import type { Reply } from '../core/ports/records.ts'
import type { SlackClient } from './client.ts'
import type { OpenDirect } from './direct.ts'
import { labelOf } from './outcome.ts'
import type { Respond } from './response.ts'

/**
 * Tells a person something without the outbox, for the one case in which there is none: Bakery's own database is gone.
 * Once, by the first way that Slack takes; never throws. Buttons are left out: what they stand for could not be recorded.
 */
export type Tell = (reply: Reply, message: Told) => Promise<void>

export type Told = Pick<Answer, 'text' | 'blocks'>

export function createTell(options: {
  respond: Respond
  client: SlackClient
  openDirect: OpenDirect
  log: Logger
}): Tell {
  const { respond, client, openDirect, log } = options
  return async ({ responseUrl, channel, user }, told) => {
    const message = { text: told.text, blocks: still(told.blocks) }
    const ways: (() => Promise<unknown>)[] = []
    if (responseUrl !== null) {
      ways.push(() =>
        respond(responseUrl, { response_type: 'ephemeral', replace_original: false, ...message }),
      )
    }
    if (channel !== null) ways.push(() => client.call('chat.postEphemeral', { channel, user, ...message }))
    ways.push(async () => client.call('chat.postMessage', { channel: await openDirect(user), ...message }))
    for (const way of ways) {
      try {
        await way()
        return
      } catch (thrown) {
        log.debug({ result: labelOf(thrown) }, 'Slack did not take it this way')
      }
    }
    log.warn({ user }, 'A person could not be told something at once')
  }
}

/** The blocks without anything that could be clicked. */
function still(blocks: Answer['blocks']): Answer['blocks'] {
  return blocks
    .filter(({ type }) => type !== 'actions' && type !== 'input')
    .map((block) => {
      if (block.type !== 'section') return block
      const { accessory: _left, ...section } = block
      return section
    })
}
