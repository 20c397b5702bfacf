import type { Logger } from 'pino'
import type { OutboxItem } from '../core/ports/outbox.ts'
import type { SlackClient } from './client.ts'
import { afterFailure, type Delivered } from './delivered.ts'
import type { OpenDirect } from './direct.ts'
import { meaningOf } from './error-codes.ts'
import type { ShareFiles } from './files.ts'
import type { SlackMessage } from './message.ts'
import { classify } from './outcome.ts'
import { sendOrPlain } from './plain.ts'
import type { Respond } from './response.ts'

/** Slack takes five answers in thirty minutes; the last minute is left to the clocks. */
const RESPONSE_URL_LIFE_MS = 29 * 60_000
const RESPONSE_URL_POSTS = 5
const URLS_REMEMBERED = 10_000

type Requester = Extract<OutboxItem['destination'], { to: 'requester' }>

export interface WhisperTools {
  readonly client: SlackClient
  readonly respond: Respond
  readonly openDirect: OpenDirect
  readonly shareFiles: ShareFiles
  readonly log: Logger
  readonly nowMs?: () => number
}

/**
 * A message that only the person who asked sees. It leaves no trace in any history, so it is tried at most once: when its
 * outcome was not seen, or Slack does not take it, a direct message follows. Files go to the direct conversation.
 */
export function createWhisper(tools: WhisperTools): (item: OutboxItem, to: Requester) => Promise<Delivered> {
  const { client, respond, nowMs = Date.now } = tools
  const posts = new Map<string, number>()

  /** The response URL while it may still be used. */
  function usableUrl(item: OutboxItem, { responseUrl }: Requester): string | null {
    if (responseUrl === null || (posts.get(responseUrl) ?? 0) >= RESPONSE_URL_POSTS) return null
    return nowMs() - item.createdAt.getTime() < RESPONSE_URL_LIFE_MS ? responseUrl : null
  }

  async function byUrl(item: OutboxItem, url: string): Promise<void> {
    if (posts.size >= URLS_REMEMBERED) posts.clear()
    await sendOrPlain(tools.log, item, async (message: SlackMessage) => {
      posts.set(url, (posts.get(url) ?? 0) + 1)
      await respond(url, { response_type: 'ephemeral', replace_original: false, ...message })
    })
  }

  async function byChannel(item: OutboxItem, channel: string, user: string): Promise<void> {
    await sendOrPlain(tools.log, item, (message) =>
      client.call('chat.postEphemeral', { channel, user, ...message }),
    )
  }

  return async (item, to) => {
    const direct: Delivered = { result: 'redirect', user: to.user, reason: 'the outcome was not seen' }
    if (item.unknownSince !== null) return direct
    const url = usableUrl(item, to)
    const ways = [
      ...(url === null ? [] : [() => byUrl(item, url)]),
      ...(to.channel === null ? [] : [() => byChannel(item, to.channel ?? '', to.user)]),
    ]
    for (const way of ways) {
      try {
        await way()
        return await withFiles(tools, item, to)
      } catch (thrown) {
        const failure = classify(thrown)
        if (failure.failure === 'unknown') return direct
        const passedOver = failure.failure === 'refused' && meaningOf(failure.code) !== 'later'
        if (!passedOver) return afterFailure(failure, item, null)
      }
    }
    return { result: 'redirect', user: to.user, reason: 'the channel cannot be used' }
  }
}

/** Files cannot be shown to one person in a channel. When they cannot be shared, all of it becomes a direct message. */
async function withFiles(
  { openDirect, shareFiles }: WhisperTools,
  item: OutboxItem,
  to: Requester,
): Promise<Delivered> {
  const sent: Delivered = { result: 'sent', channel: to.channel ?? to.user, ts: null }
  if (item.files.length === 0) return sent
  try {
    await shareFiles(item.files, { channel: await openDirect(to.user), threadTs: null })
    return sent
  } catch {
    // Why it failed shows again when the direct message is sent.
    return { result: 'redirect', user: to.user, reason: 'the files could not be shared' }
  }
}
