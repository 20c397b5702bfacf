import { parse as parseQuery } from 'node:querystring'
import type { Form, Heard, Json, Request, ResponseUrlCheck } from './heard.ts'
import { fromEvent } from './incoming-event.ts'
import { fromClick, fromShortcut, fromSubmission } from './incoming-interaction.ts'
import { fromSlash } from './incoming-slash.ts'

/**
 * Slack's dialects become Bakery's own words here: slash commands (forms), interactions (JSON in a form field, or plain JSON
 * over Socket Mode) and events (JSON). Pure; the only question asked of outside is whether a response URL may be used.
 */

/** Reads the body of an HTTP request. `contentType` is the header as sent. */
export function readBody(body: string, contentType: string | undefined, check: ResponseUrlCheck): Heard {
  if (contentType?.toLowerCase().startsWith('application/json')) {
    return readPayload(parseObject(body), check)
  }
  const form = parseQuery(body)
  if (form.ssl_check === '1') return { heard: 'ssl-check' }
  if (form.payload !== undefined) {
    return typeof form.payload === 'string' ? readPayload(parseObject(form.payload), check) : MALFORMED
  }
  return readPayload({ ...form }, check)
}

/** Reads a parsed payload, from either transport. */
export function readPayload(payload: Json | null, check: ResponseUrlCheck): Heard {
  if (payload === null) return MALFORMED
  if (payload.command !== undefined) return request('command', fromSlash(payload, check), payload)
  switch (payload.type) {
    case 'url_verification':
      return typeof payload.challenge === 'string'
        ? { heard: 'challenge', challenge: payload.challenge }
        : MALFORMED
    case 'event_callback':
      return readEvent(payload)
    case 'block_actions':
      return request('click', fromClick(payload, check), payload)
    case 'view_submission':
      return request('submission', fromSubmission(payload), payload)
    case 'shortcut':
    case 'message_action':
      return request('shortcut', fromShortcut(payload, check), payload)
    case 'view_closed':
    case 'block_suggestion':
    case 'app_rate_limited':
      return { heard: 'nothing' }
    default:
      return MALFORMED
  }
}

const MALFORMED: Heard = { heard: 'malformed' }

function readEvent(payload: Json): Heard {
  const event = fromEvent(payload)
  if (event === null) return MALFORMED
  return { heard: 'request', form: 'event', request: event.request, eventId: event.id, body: payload }
}

function request(form: Form, parsed: Request | null, body: Json): Heard {
  return parsed === null ? MALFORMED : { heard: 'request', form, request: parsed, eventId: null, body }
}

/** A JSON object; null for everything else. */
function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
