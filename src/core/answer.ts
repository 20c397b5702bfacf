import type { Block } from '../blocks/types.ts'
import type { Dialog } from './dialog.ts'

/** The kinds of messages (docs/CONTRACT.md): part of each message's first block_id and of its metadata. */
export type MessageKind =
  | 'help'
  | 'health'
  | 'digest'
  | 'logs'
  | 'table'
  | 'preview'
  | 'approval'
  | 'progress'
  | 'result'
  | 'refusal'
  | 'incident'
  | 'alert'
  | 'report'

/** A file that goes with an answer. `content` is text in UTF-8. */
export interface AnswerFile {
  readonly name: string
  readonly title: string
  readonly content: string
}

/**
 * What a command answers, before anything of Slack's is known: pure data.
 * Buttons inside `blocks` carry a whole command line (see blocks/builders.ts `commandButton`); it is exchanged for an
 * opaque value before the message leaves, so what a button does is read from the database, never from Slack.
 */
export interface Answer {
  readonly kind: MessageKind
  /** One line that states the state and the target by itself: lock screens and screen readers get nothing else. */
  readonly text: string
  readonly blocks: readonly Block[]
  /** Further messages, in order, in this answer's thread. */
  readonly thread?: readonly Answer[]
  readonly files?: readonly AnswerFile[]
  /** Shown instead, while the request's trigger is young enough. */
  readonly dialog?: Dialog
  /** `channel`: posted for all. `requester`: only the person who asked sees it. */
  readonly audience: 'channel' | 'requester'
}
