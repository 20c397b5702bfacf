import type { Block } from '../../blocks/types.ts'
import type { AnswerFile, MessageKind } from '../answer.ts'

/** One message on its way to Slack, claimed by this process for a while. */
export interface OutboxItem {
  /** Travels as message metadata, so that a sent message can be recognised. */
  readonly id: string
  readonly kind: MessageKind
  readonly text: string
  readonly blocks: readonly Block[]
  readonly files: readonly AnswerFile[]
  readonly destination:
    | {
        readonly to: 'channel'
        readonly channel: string
        readonly threadTs: string | null
        /** Who asked: gets it as a direct message when the channel cannot be used. */
        readonly asker?: string | undefined
      }
    | { readonly to: 'person'; readonly user: string; readonly threadTs: string | null }
    | {
        readonly to: 'requester'
        readonly channel: string | null
        readonly user: string
        readonly responseUrl: string | null
      }
    | { readonly to: 'update'; readonly channel: string; readonly ts: string }
  readonly attempts: number
  /**
   * Set when an earlier attempt's outcome was not seen: the history since then is read for this id before anything is sent again.
   */
  readonly unknownSince: Date | null
  readonly createdAt: Date
}

export interface Outbox {
  /**
   * Claims what may be sent now: at most one item a channel and second over all processes, most important first, a
   * message in a thread only when its root has been sent, of several updates of one message only the newest.
   */
  claim(limit: number): Promise<readonly OutboxItem[]>
  sent(id: string, where: { channel: string; ts: string | null }): Promise<void>
  /** Not sent, known: again after a while. */
  again(id: string, afterMs: number, reason: string): Promise<void>
  /** Perhaps sent: to be looked for before it is sent again, not before `afterMs`. */
  unknown(id: string, afterMs: number, reason: string): Promise<void>
  /** The requester's channel cannot be used: turns it into a direct message. */
  redirect(id: string, user: string): Promise<void>
  /** Slack will never take it (a message that it calls invalid, a channel that is gone): kept, counted, not tried again. */
  failed(id: string, reason: string): Promise<void>
  /** Nothing to this channel (null: nothing at all) until then: Slack's Retry-After. */
  pause(channel: string | null, forMs: number): Promise<void>
  /** Milliseconds until the next item may be claimed; null when nothing waits. */
  nextInMs(): Promise<number | null>
  /** Calls back when something new waits. Returns how to stop. */
  onWaiting(callback: () => void): () => void
}
