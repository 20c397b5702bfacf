import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import { meaningOf } from '../../src/slack/error-codes.ts'
import { classify, labelOf } from '../../src/slack/outcome.ts'
import { ResponseUrlError } from '../../src/slack/response.ts'

const failed = (code: string) =>
  new WebAPIRequestError(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))
const refused = (error: string) => new WebAPIPlatformError({ ok: false, error })

describe('how a call ended', () => {
  it.each([
    ['ECONNREFUSED', 'unsent'],
    ['ENOTFOUND', 'unsent'],
    ['EAI_AGAIN', 'unsent'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unsent'],
    ['CERT_HAS_EXPIRED', 'unsent'],
    ['ECONNRESET', 'unknown'],
    ['UND_ERR_SOCKET', 'unknown'],
    ['UND_ERR_HEADERS_TIMEOUT', 'unknown'],
    ['EPIPE', 'unknown'],
  ])('with %s is %s', (code, failure) => {
    expect(classify(failed(code))).toEqual({ failure, reason: code })
  })

  it('looks at every address that was tried', () => {
    const each = [
      Object.assign(new Error(), { code: 'ECONNREFUSED' }),
      Object.assign(new Error(), { code: 'ENETUNREACH' }),
    ]
    const all = new WebAPIRequestError(new TypeError('fetch failed', { cause: new AggregateError(each) }))
    expect(classify(all).failure).toBe('unsent')
  })

  it('by our own timeout is unknown', () => {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    expect(classify(new WebAPIRequestError(timeout))).toEqual({ failure: 'unknown', reason: 'TimeoutError' })
  })

  it.each([
    [500, 'unknown'],
    [502, 'unknown'],
    [503, 'unknown'],
    [408, 'unknown'],
    [403, 'refused'],
    [404, 'refused'],
  ])('with HTTP %d is %s', (status, failure) => {
    expect(classify(new WebAPIHTTPError(status, '', {}, '')).failure).toBe(failure)
    expect(classify(new ResponseUrlError(status, null, null)).failure).toBe(failure)
  })

  it('with a code of Slack’s is refused, unless Slack itself is not sure', () => {
    expect(classify(refused('channel_not_found'))).toEqual({ failure: 'refused', code: 'channel_not_found' })
    expect(classify(refused('fatal_error')).failure).toBe('unknown')
    expect(classify(refused('internal_error')).failure).toBe('unknown')
    expect(classify(refused('<html><h1>Bad gateway</h1></html>')).failure).toBe('unknown')
    expect(classify(refused('')).failure).toBe('unknown')
  })

  it('with a limit is limited for as long as Slack says, or for half a minute', () => {
    expect(classify(new WebAPIRateLimitedError(3))).toEqual({ failure: 'limited', afterMs: 3_000 })
    expect(classify(new WebAPIRateLimitedError(0))).toEqual({ failure: 'limited', afterMs: 500 })
    expect(classify(new ResponseUrlError(429, null, 7))).toEqual({ failure: 'limited', afterMs: 7_000 })
    expect(classify(new ResponseUrlError(429, null, null))).toEqual({ failure: 'limited', afterMs: 30_000 })
    expect(classify(refused('ratelimited'))).toEqual({ failure: 'limited', afterMs: 30_000 })
  })

  it('is never known from what is no error at all', () => {
    for (const thrown of [undefined, null, 'text', 7, {}, new Error('x')]) {
      expect(classify(thrown).failure).toBe('unknown')
    }
  })

  it('is labelled with a word, never with what somebody wrote', () => {
    expect(labelOf(refused('not_in_channel'))).toBe('not_in_channel')
    expect(labelOf(refused('a sentence of a proxy'))).toBe('unknown')
    expect(labelOf(failed('ECONNREFUSED'))).toBe('unsent')
  })
})

describe('what a code means', () => {
  it.each([
    ['invalid_blocks', 'content'],
    ['invalid_something_new', 'content'],
    ['invalid_auth', 'later'],
    ['not_in_channel', 'place'],
    ['user_disabled', 'person'],
    ['brand_new_reason', 'unlisted'],
  ])('%s: %s', (code, meaning) => {
    expect(meaningOf(code)).toBe(meaning)
  })
})
