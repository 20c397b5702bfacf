import type { Logger } from 'pino'
import { z } from 'zod'
import type { OutboxItem } from '../core/ports/outbox.ts'
import type { SlackClient } from './client.ts'
import { afterFailure, type Delivered, repeatable, stillUnknown } from './delivered.ts'
import type { OpenDirect } from './direct.ts'
import { meaningOf } from './error-codes.ts'
import type { ShareFiles } from './files.ts'
import { filesIn, findSent } from './history.ts'
import type { SlackMessage } from './message.ts'
import { classify } from './outcome.ts'
import { sendOrPlain } from './plain.ts'
import type { Respond } from './response.ts'
import { createWhisper } from './whisper.ts'

/** Makes one attempt to deliver a message. Never throws. */
export type Sender = (item: OutboxItem) => Promise<Delivered>

export interface SenderTools {
  readonly client: SlackClient
  readonly respond: Respond
  readonly openDirect: OpenDirect
  readonly shareFiles: ShareFiles
  readonly log: Logger
  /**
   * Milliseconds after its claim within which a message's sending must have begun: later, its lease could end while it is
   * still on its way, and another process would send it, too.
   */
  readonly beginWithinMs: number
  readonly nowMs?: () => number
}

const posted = z.object({ channel: z.string().min(1), ts: z.string().min(1) })

export function createSender(tools: SenderTools): Sender {
  const whisper = createWhisper(tools)
  const { beginWithinMs } = tools
  return async (item) => {
    const { destination } = item
    const beginBy = performance.now() + beginWithinMs
    switch (destination.to) {
      case 'channel':
        return toPlace(tools, item, destination, beginBy)
      case 'person':
        return toPerson(tools, item, destination, beginBy)
      case 'requester':
        return whisper(item, destination)
      case 'update':
        return toMessage(tools, item, destination.channel, destination.ts)
    }
  }
}

async function toPerson(
  tools: SenderTools,
  item: OutboxItem,
  { user, threadTs }: { readonly user: string; readonly threadTs: string | null },
  beginBy: number,
): Promise<Delivered> {
  let channel: string
  try {
    channel = await tools.openDirect(user)
  } catch (thrown) {
    const delivered = repeatable(afterFailure(classify(thrown), item, null))
    return item.unknownSince === null ? delivered : stillUnknown(delivered)
  }
  return toPlace(tools, item, { channel, threadTs }, beginBy)
}

async function toPlace(
  tools: SenderTools,
  item: OutboxItem,
  { channel, threadTs }: { readonly channel: string; readonly threadTs: string | null },
  beginBy: number,
): Promise<Delivered> {
  let ts: string | null = null
  if (item.unknownSince !== null) {
    try {
      const trace = { channel, threadTs, outbox: item.id, since: item.unknownSince }
      ts = await findSent(tools.client, trace)
    } catch (thrown) {
      return stillUnknown(repeatable(afterFailure(classify(thrown), item, null)))
    }
  }
  const resumed = ts !== null
  if (ts === null) {
    if (performance.now() > beginBy) return { result: 'again', reason: 'Slack is slow', blame: 'perhaps' }
    const place = threadTs === null ? { channel } : { channel, thread_ts: threadTs }
    try {
      const send = (message: SlackMessage) => tools.client.call('chat.postMessage', { ...place, ...message })
      ts = posted.parse(await sendOrPlain(tools.log, item, send)).ts
    } catch (thrown) {
      return afterFailure(classify(thrown), item, channel)
    }
  }
  return withFiles(tools, item, { channel, ts, threadTs: threadTs ?? ts }, resumed)
}

/** Replacing a message twice with the same content is harmless, so an unknown outcome is simply tried again. */
async function toMessage(
  tools: SenderTools,
  item: OutboxItem,
  channel: string,
  ts: string,
): Promise<Delivered> {
  try {
    const send = (message: SlackMessage) => tools.client.call('chat.update', { channel, ts, ...message })
    await sendOrPlain(tools.log, item, send)
  } catch (thrown) {
    return repeatable(afterFailure(classify(thrown), item, null))
  }
  return withFiles(tools, item, { channel, ts, threadTs: ts }, item.attempts > 0)
}

/**
 * Puts the message's files into its thread. The message stands already: what fails now is found there by the next attempt,
 * and only what is missing is shared again (`resumed`).
 */
async function withFiles(
  { client, shareFiles, log }: SenderTools,
  item: OutboxItem,
  place: { readonly channel: string; readonly ts: string; readonly threadTs: string },
  resumed: boolean,
): Promise<Delivered> {
  const sent: Delivered = { result: 'sent', channel: place.channel, ts: place.ts }
  if (item.files.length === 0) return sent
  try {
    const there = resumed ? await filesIn(client, place.channel, place.threadTs) : new Set<string>()
    await shareFiles(
      item.files.filter(({ name }) => !there.has(name)),
      place,
    )
    return sent
  } catch (thrown) {
    const failure = classify(thrown)
    if (failure.failure === 'refused' && !['later', 'unlisted'].includes(meaningOf(failure.code))) {
      log.warn({ outbox: item.id, code: failure.code }, 'Slack refused the files of a message that stands')
      return sent
    }
    return stillUnknown(afterFailure(failure, item, null))
  }
}
