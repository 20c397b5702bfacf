import type { Incoming } from '../core/ports/intake.ts'

/** A request without its replay keys, which belong to the transport. */
export type Request = Omit<Incoming, 'replayKeys'>

/** How a refusal to record is told, which differs by what Slack accepts as an answer. */
export type Form = 'command' | 'click' | 'submission' | 'shortcut' | 'event'

export type Heard =
  | {
      readonly heard: 'request'
      readonly form: Form
      readonly request: Request
      /** Slack's event id: the same event again carries the same one, in whatever envelope. */
      readonly eventId: string | null
      /** The parsed payload, for Bolt's routing. */
      readonly body: Readonly<Record<string, unknown>>
    }
  /** Slack asks whether this URL is ours. */
  | { readonly heard: 'challenge'; readonly challenge: string }
  /** Slack asks whether the certificate is good. */
  | { readonly heard: 'ssl-check' }
  /** Well-formed and of no concern to Bakery (a closed modal, a menu's suggestions): acknowledged with nothing. */
  | { readonly heard: 'nothing' }
  /** Not what Slack sends. */
  | { readonly heard: 'malformed' }

export type ResponseUrlCheck = (url: unknown) => url is string
export type Json = Readonly<Record<string, unknown>>
