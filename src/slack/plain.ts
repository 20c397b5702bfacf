import type { Logger } from 'pino'
import type { OutboxItem } from '../core/ports/outbox.ts'
import { meaningOf } from './error-codes.ts'
import { messageOf, plainOf, type SlackMessage } from './message.ts'
import { classify } from './outcome.ts'

/** Sends the message; when Slack refuses its content, its plain form once, so that nobody is left without an answer. */
export async function sendOrPlain<T>(
  log: Logger,
  item: OutboxItem,
  send: (message: SlackMessage) => Promise<T>,
): Promise<T> {
  try {
    return await send(messageOf(item))
  } catch (thrown) {
    const failure = classify(thrown)
    if (failure.failure !== 'refused' || meaningOf(failure.code) !== 'content') throw thrown
    log.warn(
      { outbox: item.id, code: failure.code },
      'Slack refused the form of a message: its plain text is sent',
    )
    return send(plainOf(item))
  }
}
