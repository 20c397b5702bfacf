import type { Block } from '../blocks/types.ts'

/**
 * A modal, in place of a message: shown when the request brought a trigger that is still young (3 s); otherwise the answer's
 * own message is. Buttons in it carry command lines, as in a message.
 */
export interface Dialog {
  /** `decide` for a decision, `form` for a command's own form. */
  readonly callbackId: string
  readonly title: string
  /** The button that sends it; null: it is only read. */
  readonly submit: string | null
  readonly close: string
  readonly blocks: readonly Block[]
  /** Which record it belongs to. Everything else is read from the database again when it comes back. */
  readonly metadata: string
}
