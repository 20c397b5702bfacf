import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVerifier, macOf } from '../../src/slack/signature.ts'

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5'
const NOW = 1_531_420_618
const BODY = Buffer.from(
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
)
const GOOD = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
const verify = createVerifier(SECRET, () => NOW * 1000)
const at = (timestamp: string) => ({ signature: macOf(SECRET, timestamp, BODY), timestamp, body: BODY })

describe('signature', () => {
  it('verifies the example in Slack’s own documentation, and gives its MAC', () => {
    expect(verify({ signature: GOOD, timestamp: String(NOW), body: BODY })).toEqual({
      verified: true,
      mac: GOOD,
    })
  })

  it('takes a request that is 299 s old or 299 s ahead, and at 300 s exactly', () => {
    expect(verify(at(String(NOW - 299))).verified).toBe(true)
    expect(verify(at(String(NOW + 299))).verified).toBe(true)
    expect(verify(at(String(NOW - 300))).verified).toBe(true)
    expect(verify(at(String(NOW + 300))).verified).toBe(true)
  })

  it('refuses what is older or further ahead', () => {
    expect(verify(at(String(NOW - 301)))).toEqual({ verified: false, reason: 'stale' })
    expect(verify(at(String(NOW + 301)))).toEqual({ verified: false, reason: 'future' })
    expect(verify(at('0'))).toEqual({ verified: false, reason: 'stale' })
    expect(verify(at('999999999999'))).toEqual({ verified: false, reason: 'future' })
  })

  it.each([
    `${NOW}.0`,
    ` ${NOW}`,
    `${NOW} `,
    `0x5b479f8a`,
    '1e9',
    'NaN',
    '',
    `+${NOW}`,
    `-${NOW}`,
    `${NOW}, ${NOW}`,
    `${NOW}\n`,
    '1234567890123',
    '١٥٣١٤٢٠٦١٨',
  ])('refuses the timestamp %j, although it is signed', (timestamp) => {
    expect(verify(at(timestamp))).toEqual({ verified: false, reason: 'malformed-timestamp' })
  })

  it.each([
    ['', 'malformed-signature'],
    ['v0=', 'malformed-signature'],
    [GOOD.slice(0, -1), 'malformed-signature'],
    [`${GOOD}0`, 'malformed-signature'],
    [GOOD.toUpperCase(), 'malformed-signature'],
    [GOOD.replace('v0', 'v1'), 'malformed-signature'],
    [`${GOOD}, ${GOOD}`, 'malformed-signature'],
    [`v0=${'0'.repeat(64)}`, 'forged'],
  ])('refuses the signature %j', (signature, reason) => {
    expect(verify({ signature, timestamp: String(NOW), body: BODY })).toEqual({ verified: false, reason })
  })

  it('refuses a request without headers, and one whose headers are there twice', () => {
    const body = BODY
    expect(verify({ signature: undefined, timestamp: String(NOW), body })).toMatchObject({
      reason: 'no-signature',
    })
    expect(verify({ signature: GOOD, timestamp: undefined, body })).toMatchObject({ reason: 'no-timestamp' })
    expect(verify({ signature: [GOOD], timestamp: String(NOW), body }).verified).toBe(false)
    expect(verify({ signature: GOOD, timestamp: [String(NOW)], body }).verified).toBe(false)
  })

  it('refuses to start with an empty secret', () => {
    expect(() => createVerifier('')).toThrow('The Slack signing secret is empty')
    expect(() => createVerifier('  ')).toThrow('The Slack signing secret is empty')
  })

  it('never verifies a body or headers that were changed, and never throws', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
    const signature = fc.oneof(
      fc.string(),
      hex.map((mac) => `v0=${mac}`),
      fc.constant(GOOD),
      fc.constant(undefined),
      fc.array(fc.string()),
    )
    const timestamp = fc.oneof(
      fc.string(),
      fc.constant(String(NOW)),
      fc.integer({ min: NOW - 400, max: NOW + 400 }).map(String),
      fc.constant(undefined),
      fc.array(fc.string()),
    )
    fc.assert(
      fc.property(signature, timestamp, fc.oneof(bytes, fc.constant(BODY)), (sig, ts, body) => {
        fc.pre(!(sig === GOOD && ts === String(NOW) && body === BODY))
        expect(verify({ signature: sig, timestamp: ts, body }).verified).toBe(false)
      }),
      { numRuns: 20_000 },
    )
  })

  it('never verifies a body with one byte changed, added or taken', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: BODY.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'add', 'take'),
        (index, change, how) => {
          const changed = Buffer.from(BODY)
          changed[index] = (changed[index] ?? 0) ^ change
          const added = Buffer.concat([BODY.subarray(0, index), Buffer.from([change]), BODY.subarray(index)])
          const taken = Buffer.concat([BODY.subarray(0, index), BODY.subarray(index + 1)])
          const body = { change: changed, add: added, take: taken }[how]
          expect(verify({ signature: GOOD, timestamp: String(NOW), body })).toMatchObject({
            reason: 'forged',
          })
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
