import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/**
 * Slack's request signature (https://docs.slack.dev/authentication/verifying-requests-from-slack), checked over the raw
 * bytes before anything is parsed. The MAC that was verified is the request's replay key: headers can be written in several
 * ways for the same request, the MAC cannot.
 */

/** How far a request's time may be from ours, either way, in seconds. */
const TOLERANCE_SECONDS = 300

export type UnverifiedReason =
  | 'no-signature'
  | 'no-timestamp'
  | 'malformed-signature'
  | 'malformed-timestamp'
  | 'stale'
  | 'future'
  | 'forged'
  | 'oversize'

export type Verification =
  | {
      readonly verified: true
      /** `v0=` and 64 hexadecimal characters. */
      readonly mac: string
    }
  | { readonly verified: false; readonly reason: UnverifiedReason }

/** A header as node:http gives it: a repeated one is joined with ", ", and so matches nothing below. */
type Header = string | readonly string[] | undefined

export interface SignedRequest {
  readonly signature: Header
  readonly timestamp: Header
  readonly body: Buffer
}

const SIGNATURE = /^v0=[0-9a-f]{64}$/
const TIMESTAMP = /^\d{1,12}$/

/**
 * Makes the check for one signing secret. Throws when the secret is empty, which would make every request verifiable.
 * `nowMs` is the clock, in milliseconds since 1970.
 */
export function createVerifier(
  signingSecret: string,
  nowMs: () => number = Date.now,
): (request: SignedRequest) => Verification {
  if (signingSecret.trim() === '') {
    throw new Error('The Slack signing secret is empty: nothing could be verified with it.')
  }
  const key = createSecretKey(signingSecret, 'utf8')
  return ({ signature, timestamp, body }) => {
    if (signature === undefined) return refused('no-signature')
    if (timestamp === undefined) return refused('no-timestamp')
    if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return refused('malformed-signature')
    if (typeof timestamp !== 'string' || !TIMESTAMP.test(timestamp)) return refused('malformed-timestamp')
    const ageSeconds = nowMs() / 1000 - Number(timestamp)
    if (ageSeconds > TOLERANCE_SECONDS) return refused('stale')
    if (ageSeconds < -TOLERANCE_SECONDS) return refused('future')
    const mac = macOf(key, timestamp, body)
    const equal = timingSafeEqual(Buffer.from(mac, 'latin1'), Buffer.from(signature, 'latin1'))
    return equal ? { verified: true, mac } : refused('forged')
  }
}

/** The signature that Slack would give these bytes. */
export function macOf(signingSecret: string | KeyObject, timestamp: string, body: Buffer | string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex')}`
}

function refused(reason: UnverifiedReason): Verification {
  return { verified: false, reason }
}
