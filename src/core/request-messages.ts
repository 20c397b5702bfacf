import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import {
  type Destination,
  type OutcomeFacts,
  type OutgoingMessage,
  PRIORITIES,
  type RecordedRequest,
} from './ports/records.ts'

/** What a recorded request becomes: the ask that commands see, its outcome, and the messages that answer it. */
export function askOf({ ref, surface, actor, channel, decision, at }: RecordedRequest): Ask {
  return { ref, surface, actor, channel, role: decision.decision === 'allowed' ? decision.role : null, at }
}

export function outcomeOf(decision: OutcomeFacts['decision'], target: string | null = null): OutcomeFacts {
  return { decision, code: null, target, payload: {} }
}

export function messageFor(request: RecordedRequest, answer: Answer): OutgoingMessage {
  return {
    key: `request:${request.id}:answer`,
    destination: destinationOf(request, answer),
    priority: PRIORITIES.answer,
    answer,
  }
}

/** A click's answer stands in the thread of the message that was clicked; what only one person may see goes to them alone. */
function destinationOf({ work, actor, channel }: RecordedRequest, answer: Answer): Destination {
  const { reply, source } = work
  if (answer.audience === 'requester') {
    return { to: 'requester', channel: reply.channel, user: actor.user, responseUrl: reply.responseUrl }
  }
  if (channel === null) return { to: 'person', user: actor.user }
  if (source?.replaces !== undefined) return { to: 'update', of: source.replaces }
  const threadTs = source?.threadTs ?? source?.messageTs
  return { to: 'channel', channel, asker: actor.user, ...(threadTs === undefined ? {} : { threadTs }) }
}
