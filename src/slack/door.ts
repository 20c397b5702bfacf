import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Admission, Intake } from '../core/ports/intake.ts'
import type { Heard } from './heard.ts'
import type { SlackMetrics } from './metrics.ts'
import { notRecordedMessage, notRecordedView } from './not-recorded.ts'
import type { Tell } from './tell.ts'

/** A verified request, whichever transport brought it. */
export type HeardRequest = Extract<Heard, { heard: 'request' }>

/** What Slack is answered, and what happens after that. */
export type Passage =
  | {
      readonly pass: 'acknowledged'
      /** The acknowledgement's body; null: empty. */
      readonly body: Readonly<Record<string, unknown>> | null
      /** To be called once Slack has its answer. Null: there is nothing to do. */
      readonly work: (() => Promise<void>) | null
    }
  /** An event that could not be recorded: Slack shall send it again. */
  | { readonly pass: 'again' }

/** Hands a recorded request on: Bolt's listeners, and the intake's own work in them. */
export type Dispatch = (body: HeardRequest['body'], run: () => Promise<void>) => Promise<void>

/**
 * The one door behind both transports. Nothing is acknowledged before the intake has decided about it and recorded it, and
 * nothing runs before it was acknowledged.
 */
export interface Door {
  /** `keys`: what makes it the same request again in this transport. Never throws. */
  admit(heard: HeardRequest, keys: readonly string[]): Promise<Passage>
}

export function createDoor(options: {
  intake: Intake
  dispatch: Dispatch
  /** This installation's slash command. */
  command: string
  tell: Tell
  metrics: SlackMetrics
  log: Logger
}): Door {
  const { intake, dispatch, command, tell, metrics, log } = options
  return {
    async admit(heard, keys) {
      const { request, form, eventId } = heard
      const replayKeys = eventId === null ? keys : [...keys, `event:${eventId}`]
      const elsewhere = form === 'command' && heard.body.command !== command
      const misdirected = elsewhere ? { misdirected: String(heard.body.command) } : {}
      const admission = await admitSafely(intake, { ...request, ...misdirected, replayKeys }, log)
      metrics.requests.inc({ surface: request.surface, state: admission.state })
      switch (admission.state) {
        case 'recorded':
          return acknowledged(
            form === 'submission' && admission.invalid ? errorsOf(admission.invalid) : null,
            () => dispatch(heard.body, once(admission.run)),
          )
        case 'duplicate':
          return acknowledged(null, null)
        case 'not-recorded':
          break
      }
      const { text, ref } = admission
      log.warn({ ref, surface: request.surface }, 'A request could not be recorded, so it was not done')
      switch (form) {
        case 'event':
          return { pass: 'again' }
        case 'command':
          return acknowledged({ response_type: 'ephemeral', ...notRecordedMessage(text, ref) }, null)
        case 'submission':
          return acknowledged({ response_action: 'update', view: notRecordedView(text) }, null)
        case 'click':
        case 'shortcut':
          return acknowledged(null, () => tell(request.reply, notRecordedMessage(text, ref)))
      }
    },
  }
}

/** Slack shows at most 2,000 characters under a field (https://docs.slack.dev/surfaces/modals#displaying_errors). */
function errorsOf({ block, message }: { block: string; message: string }) {
  return { response_action: 'errors', errors: { [block]: message.slice(0, 2000) } }
}

function acknowledged(
  body: Readonly<Record<string, unknown>> | null,
  work: (() => Promise<void>) | null,
): Passage {
  return { pass: 'acknowledged', body, work }
}

/** The intake never throws; should it do so all the same, the person is told and nothing runs. */
async function admitSafely(
  intake: Intake,
  incoming: Parameters<Intake['admit']>[0],
  log: Logger,
): Promise<Admission> {
  try {
    return await intake.admit(incoming)
  } catch (err) {
    const ref = randomBytes(4).toString('hex').toUpperCase()
    log.error({ err, ref }, 'The intake failed to decide about a request')
    return {
      state: 'not-recorded',
      ref,
      text: `This request could not be recorded, so it was not run. Please try again in a minute.\nNOT_RECORDED · ref ${ref}`,
    }
  }
}

/** Calls it at most once, however many listeners ask for it. */
function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= run()
    return running
  }
}
