import { describe, expect, it } from 'vitest'
import { networkFault } from '../../src/core/network.ts'

const failed = (code: string) => Object.assign(new Error('failed'), { code })

describe('what a failing connection means', () => {
  it.each([
    ['ECONNREFUSED', 'refused the connection', true],
    ['ENOTFOUND', 'has a host name that does not exist', false],
    ['EAI_AGAIN', 'has a host name that could not be looked up just now', true],
    ['CERT_HAS_EXPIRED', 'shows a certificate that has expired', false],
  ])('is said of %s', (code, says, retryable) => {
    expect(networkFault(failed(code))).toEqual({ code, says, retryable })
  })

  it('is found in the causes, and in what was gathered of several addresses', () => {
    const wrapped = new TypeError('fetch failed', { cause: failed('ECONNRESET') })
    expect(networkFault(wrapped)?.code).toBe('ECONNRESET')
    const gathered = new AggregateError([failed('ECONNREFUSED'), failed('ECONNREFUSED')])
    expect(networkFault(new Error('outer', { cause: gathered }))?.code).toBe('ECONNREFUSED')
  })

  it('is nothing when it is not the connection that failed', () => {
    expect(networkFault(new Error('something else'))).toBeNull()
    expect(networkFault(failed('28P01'))).toBeNull()
    expect(networkFault(null)).toBeNull()
    expect(networkFault('ECONNREFUSED')).toBeNull()
  })

  it('is found in an error that is its own cause without going round for ever', () => {
    const loop: Error & { cause?: unknown } = new Error('loop')
    loop.cause = loop
    expect(networkFault(loop)).toBeNull()
  })
})
