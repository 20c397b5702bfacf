import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import { UNCERTAIN_CODES } from './error-codes.ts'
import { ResponseUrlError } from './response.ts'

/** How a call that threw ended: whether Slack did what was asked is the question that everything else rests on. */
export type Failure =
  /** Not done; not before so many milliseconds. */
  | { readonly failure: 'limited'; readonly afterMs: number }
  /** Not done: Slack says why, in its own code. */
  | { readonly failure: 'refused'; readonly code: string }
  /** Not done: the bytes never left. */
  | { readonly failure: 'unsent'; readonly reason: string }
  /** Perhaps done: the bytes left, and no clear answer came. */
  | { readonly failure: 'unknown'; readonly reason: string }

/** Errors of a connection that was never made. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Used when Slack says 429 without saying for how long. */
const LIMITED_MS = 30_000

/** Slack's codes are words; an answer that is not JSON ends up in the same place as a page of HTML. */
const CODE = /^[a-z][a-z0-9_]{1,80}$/

export function classify(thrown: unknown): Failure {
  if (thrown instanceof WebAPIRateLimitedError) return limited(thrown.retryAfter)
  if (thrown instanceof WebAPIPlatformError) return fromCode(thrown.data.error)
  if (thrown instanceof WebAPIHTTPError) return fromStatus(thrown.statusCode)
  if (thrown instanceof WebAPIRequestError) return fromConnection(thrown.original)
  if (thrown instanceof ResponseUrlError) {
    if (thrown.status === 429) return limited(thrown.retryAfterSeconds)
    return thrown.code === null ? fromStatus(thrown.status) : fromCode(thrown.code)
  }
  // web-api has no class for a 429 without Retry-After.
  if (thrown instanceof Error && thrown.message.startsWith('Retry header did not contain'))
    return limited(null)
  return fromConnection(thrown)
}

/** A short word for a metric's label: never free text. */
export function labelOf(thrown: unknown): string {
  const failure = classify(thrown)
  return failure.failure === 'refused' ? failure.code : failure.failure
}

function limited(seconds: number | null): Failure {
  const known = seconds !== null && Number.isFinite(seconds) && seconds >= 0
  return { failure: 'limited', afterMs: known ? Math.max(seconds * 1000, 500) : LIMITED_MS }
}

function fromCode(code: string): Failure {
  if (!CODE.test(code)) return { failure: 'unknown', reason: 'an answer that is not Slack’s' }
  if (code === 'ratelimited' || code === 'rate_limited') return limited(null)
  if (UNCERTAIN_CODES.has(code)) return { failure: 'unknown', reason: code }
  return { failure: 'refused', code }
}

function fromStatus(status: number): Failure {
  if (status >= 500 || status === 408) return { failure: 'unknown', reason: `HTTP ${status}` }
  return { failure: 'refused', code: `http_${status}` }
}

function fromConnection(thrown: unknown): Failure {
  const codes = [...codesOf(thrown)]
  const never = codes.find((code) => NEVER_CONNECTED.has(code))
  if (never !== undefined) return { failure: 'unsent', reason: never }
  const name = thrown instanceof Error ? thrown.name : 'error'
  return { failure: 'unknown', reason: codes[0] ?? name }
}

/** The codes of an error, of its causes, and of the errors that it gathers (an address each). */
function* codesOf(thrown: unknown): Generator<string> {
  if (!(thrown instanceof Error)) return
  if ('code' in thrown && typeof thrown.code === 'string') yield thrown.code
  if (thrown instanceof AggregateError) for (const each of thrown.errors) yield* codesOf(each)
  if (thrown.cause !== undefined) yield* codesOf(thrown.cause)
}
