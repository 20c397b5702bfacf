import { z } from 'zod'
import type { SlackClient } from './client.ts'

/** Where a message was to go, and since when it may be there. */
export interface Trace {
  readonly channel: string
  readonly threadTs: string | null
  readonly outbox: string
  readonly since: Date
}

const page = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({ event_payload: z.object({ outbox: z.string().optional() }).optional().catch(undefined) })
          .nullish(),
        files: z.array(z.object({ name: z.string().nullish() })).nullish(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
})
type Message = z.infer<typeof page>['messages'][number]

const PAGE_LENGTH = 200
/** More pages than a channel fills in the time between two attempts. */
const MOST_PAGES = 50
/** How much Slack's clock and ours may differ, with the length of an attempt, in seconds. */
const MARGIN_SECONDS = 600

/** Looks for a message that perhaps arrived: its ts, or null when it is not there. Throws what `outcome.ts` classifies. */
export async function findSent(client: SlackClient, trace: Trace): Promise<string | null> {
  const oldest = String(Math.floor(trace.since.getTime() / 1000) - MARGIN_SECONDS)
  for await (const message of messages(client, trace.channel, trace.threadTs, oldest)) {
    if (message.metadata?.event_payload?.outbox === trace.outbox) return message.ts
  }
  return null
}

/** The names of the files in a thread. */
export async function filesIn(
  client: SlackClient,
  channel: string,
  threadTs: string,
): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for await (const { files } of messages(client, channel, threadTs, '0')) {
    for (const { name } of files ?? []) if (name) names.add(name)
  }
  return names
}

async function* messages(
  client: SlackClient,
  channel: string,
  threadTs: string | null,
  oldest: string,
): AsyncGenerator<Message> {
  const place = { channel, oldest, limit: PAGE_LENGTH, include_all_metadata: true, inclusive: true }
  let cursor = ''
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const args = cursor === '' ? place : { ...place, cursor }
    const answer = page.parse(
      threadTs === null
        ? await client.call('conversations.history', args)
        : await client.call('conversations.replies', { ...args, ts: threadTs }),
    )
    yield* answer.messages
    cursor = answer.response_metadata?.next_cursor ?? ''
    if (cursor === '') return
  }
}
