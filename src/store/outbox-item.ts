import type { Block } from '../blocks/types.ts'
import type { AnswerFile, MessageKind } from '../core/answer.ts'
import type { OutboxItem } from '../core/ports/outbox.ts'
import type { Destination } from '../core/ports/records.ts'

/** A claimed row, with what is known of the message that its thread hangs on and of the one that it updates. */
export interface ClaimedRow {
  readonly id: string
  readonly kind: MessageKind
  readonly text: string
  readonly blocks: readonly Block[]
  readonly files: readonly AnswerFile[]
  readonly destination: Destination
  readonly attempts: number
  readonly unknown_since: Date | null
  readonly created_at: Date
  readonly root: string | null
  readonly rootDestination: Destination | null
  readonly rootChannel: string | null
  readonly rootTs: string | null
  readonly targetDestination: Destination | null
  readonly targetChannel: string | null
  readonly targetTs: string | null
}

/** The row in the words of the port; null when it updates a message that cannot be updated. */
export function outboxItem(row: ClaimedRow): OutboxItem | null {
  const destination = destinationOf(row)
  if (!destination) return null
  const { id, kind, text, blocks, files, attempts, unknown_since, created_at } = row
  return {
    ...{ id, kind, text, blocks, files, attempts, destination },
    unknownSince: unknown_since,
    createdAt: created_at,
  }
}

function destinationOf(row: ClaimedRow): OutboxItem['destination'] | null {
  if (row.root !== null) return inThread(row)
  const { destination } = row
  switch (destination.to) {
    case 'channel':
      return { ...destination, threadTs: destination.threadTs ?? null }
    case 'person':
      return { ...destination, threadTs: null }
    case 'requester':
      return destination
    case 'update':
      return inPlaceOf(row)
  }
}

/** What one person alone saw has no place in Slack that could be updated: that person gets it anew. */
function inPlaceOf(row: ClaimedRow): OutboxItem['destination'] | null {
  const { targetChannel: channel, targetTs: ts, targetDestination: target } = row
  if (channel !== null && ts !== null) return { to: 'update', channel, ts }
  return target?.to === 'requester' ? target : null
}

/** Where the root went decides: it may have become a direct message meanwhile, or stand in a thread itself. */
function inThread(row: ClaimedRow): OutboxItem['destination'] | null {
  const to = row.rootDestination ?? row.destination
  switch (to.to) {
    case 'channel':
      return { to: 'channel', channel: to.channel, threadTs: to.threadTs ?? row.rootTs }
    case 'person':
      return { to: 'person', user: to.user, threadTs: row.rootTs }
    case 'requester':
      return to
    case 'update':
      return row.rootChannel === null || row.rootTs === null
        ? null
        : { to: 'channel', channel: row.rootChannel, threadTs: row.rootTs }
  }
}
