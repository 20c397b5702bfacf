import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHostPort, parseBaseUrl, parseHostPort } from '../../src/core/address.ts'

describe('an address of host and port', () => {
  it.each([
    ['auth-db:5433', { host: 'auth-db', port: 5433 }],
    ['auth-db', { host: 'auth-db', port: 5432 }],
    ['10.0.0.7:1', { host: '10.0.0.7', port: 1 }],
    ['[::1]:5432', { host: '::1', port: 5432 }],
    ['[fe80::1]', { host: 'fe80::1', port: 5432 }],
  ])('is read from %s', (text, expected) => {
    expect(parseHostPort(text, 5432)).toEqual(expected)
  })

  it.each([
    '',
    ':5432',
    'host:',
    'host:0',
    'host:65536',
    'host:123456',
    'host:port',
    'a b:1',
    '::1',
    'user:p@host:1',
    'http://host:1',
    'host:1/x',
    '[host]:1',
  ])('is not read from %j', (text) => {
    expect(parseHostPort(text, 5432)).toBeNull()
  })

  it('is written as it is read', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        const place = { host: name, port }
        expect(parseHostPort(formatHostPort(place), 1)).toEqual(place)
      }),
    )
  })
})

describe('an address of an HTTP API', () => {
  it('is shown without credentials, query, fragment and closing slash', () => {
    expect(parseBaseUrl('https://us%40er:p%3Aw@host:9090/prefix//?token=x#y')).toEqual({
      shown: 'https://host:9090/prefix',
      credentials: 'us@er:p:w',
    })
    expect(parseBaseUrl('http://prometheus:9090')).toEqual({
      shown: 'http://prometheus:9090',
      credentials: null,
    })
  })

  it('never shows the password that it was given', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12,20}$/), (password) => {
        expect(parseBaseUrl(`http://user:${password}@host/path?key=${password}`)?.shown).toBe(
          'http://host/path',
        )
      }),
    )
  })

  it.each(['', 'host', 'host:9090', 'ftp://host', 'file:///etc/passwd', 'http://'])('is not %j', (text) => {
    expect(parseBaseUrl(text)).toBeNull()
  })
})
