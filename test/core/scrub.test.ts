import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScrubber, MASK } from '../../src/core/scrub.ts'
import { canaries } from './scrub-canaries.ts'
import { cleanLog } from './scrub-clean-log.ts'

const scrubber = createScrubber()

/** Eight characters of a secret in a row are as good as the secret, also inside base64 and over a line break. */
function survives(secret: string, text: string): string | null {
  const flat = text.replace(/\s/g, '')
  const bare = secret.replace(/\s/g, '')
  const inside = [...flat.matchAll(/[A-Za-z0-9+/=]{16,}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString('latin1'),
  )
  const pieces = Array.from({ length: Math.max(1, bare.length - 7) }, (_, index) =>
    bare.slice(index, index + 8),
  )
  return (
    pieces.find((piece) => flat.includes(piece) || inside.some((decoded) => decoded.includes(piece))) ?? null
  )
}

describe('the scrubber', () => {
  it('lets none of 500 canary secrets through, however they are hidden', () => {
    const escaped = canaries(500, 20261123).filter(({ secret, log }) =>
      survives(secret, scrubber.scrub(log).text),
    )
    expect(escaped).toEqual([])
  })

  it('leaves what stands around a secret as it is', () => {
    const harmed = canaries(500, 7).filter(({ log }) => {
      const { text } = scrubber.scrub(log)
      return (
        !text.startsWith('2026-11-23T05:00:00.123Z INFO') ||
        !text.endsWith('\n2026-11-23T05:00:01.456Z INFO orders-service request finished in 9 ms')
      )
    })
    expect(harmed).toEqual([])
  })

  it('masks at most one of a hundred lines of a clean log', () => {
    const { lines } = scrubber.scrubLines(cleanLog(5000, 3))
    const masked = lines.filter((line) => line.includes(MASK))
    expect(masked.length / lines.length).toBeLessThanOrEqual(0.01)
  })

  it.each([
    'curl -u admin:S3cretPw1 https://x',
    'curl -uadmin:S3cretPw1 https://x',
    'curl --user "admin:S3cretPw1" https://x',
    'mysql -uroot -pS3cretPw1 orders',
    'redis-cli -h redis -a S3cretPw1 ping',
    'REDISCLI_AUTH=S3cretPw1 redis-cli',
    'sshpass -p S3cretPw1 ssh host',
    'docker login -u me -p S3cretPw1',
    'rabbitmqctl add_user bakery S3cretPw1',
    'rabbitmqctl -n rabbit@host change_password bakery S3cretPw1',
    'htpasswd -bB users me S3cretPw1',
    'CONFIG SET requirepass S3cretPw1',
    'user bakery on >S3cretPw1 ~* +@all',
    'AUTH bakery S3cretPw1',
    'AUTH PLAIN S3cretPw1AHVzZXIAcGFzcw==',
    'AUTH LOGIN ScretPwAHVzZXIAcGFzcw==',
    'Authorization: Bearer S-cretPw-abcdefgh',
    'the password is S3cretPw1',
    'password "S3cretPw1" rejected',
    'ALTER USER me PASSWORD S3cretPw1',
  ])('masks what was typed: %s', (line) => {
    const { text } = scrubber.scrub(line)
    expect(text).toContain(MASK)
    expect(text).not.toMatch(/S3cretPw1|S-?cretPw/)
  })

  it.each([
    'docker run -p 8080:80 --user 1000:1000 image',
    'password authentication failed for user "orders"',
    'password is required, password was changed',
    'AUTH failed for orders',
    'turned on > off, on >= 3',
    'redis-cli -h redis ping',
  ])('leaves alone what only looks like it: %s', (line) => {
    expect(scrubber.scrub(line).text).toBe(line)
  })

  it.each([
    ['DB_PASSWORD=Tr0ub4dor-and-3-canaries', 'DB_PASSWORD=[masked]'],
    ['AUTH_DB_PASSWORD: Tr0ub4dor-and-3-canaries', 'AUTH_DB_PASSWORD: [masked]'],
    ['"JWT_SECRET_KEY": "canary-jwt-0123456789abcdef"', '"JWT_SECRET_KEY": "[masked]"'],
    ['{\\"password\\":\\"s3cret!pw\\"}', '{\\"password\\":\\"[masked]\\"}'],
    [
      'postgresql+asyncpg://orders:p%40ss/w0rd@orders-db:5432/x',
      'postgresql+asyncpg://orders:[masked]@orders-db:5432/x',
    ],
    ['redis://:hunter2pass@redis:6379/0', 'redis://:[masked]@redis:6379/0'],
    [
      'jdbc:postgresql://h/db?user=a&password=abc123&ssl=true',
      'jdbc:postgresql://h/db?user=a&password=[masked]&ssl=true',
    ],
    ['Authorization: Bearer abcdefghij1234567890', 'Authorization: Bearer [masked]'],
    ["ALTER ROLE orders PASSWORD 'pa''x'", "ALTER ROLE orders PASSWORD '[masked]''x'"],
    ['Set-Cookie: session=abc123; HttpOnly', 'Set-Cookie: [masked]'],
    ['x-api-key: 0123456789abcdef0123456789abcdef', 'x-api-key: [masked]'],
    ['pass\u001b[31mword=hun\u001b[0mter2', 'password=[masked]'],
    ['aws AKIAIOSFODNN7EXAMPLE used', 'aws [masked] used'],
    ['{"m":"pass\\u0077ord=hun\\u001b[0mter2"}', '{"m":"password=[masked]"}'],
  ])('masks %j', (line, expected) => {
    expect(scrubber.scrub(line).text).toBe(expected)
  })

  it.each([
    '9f1c2ab34d5e6f708192a3b4c5d6e7f809112233',
    'gitea.bakewise.ai/bakery/orders@sha256:4bf92f3577b34da6a3ce929d0e0e4736b7ad6b7169203331a1b2c3d4e5f60718',
    '550e8400-e29b-41d4-a716-446655440000',
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'FATAL:  password authentication failed for user "orders_user"',
    'http://signoz-otel-collector:4318/v1/traces?mail=ana@bakewise.ai',
    'token: expired',
    'password=***',
    'token=<redacted>',
  ])('leaves %j alone', (line) => {
    expect(scrubber.scrub(line)).toEqual({ text: line, masked: 0 })
  })

  it('masks a private key over many lines and one that was cut off', () => {
    const body = Array.from(
      { length: 3 },
      () => 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
    )
    const lines = [
      'start',
      '-----BEGIN RSA PRIVATE KEY-----',
      ...body,
      '-----END RSA PRIVATE KEY-----',
      'end',
    ]
    expect(scrubber.scrubLines(lines)).toEqual({
      lines: ['start', MASK, MASK, MASK, MASK, MASK, 'end'],
      masked: 1,
    })
    expect(scrubber.scrubLines(['-----BEGIN PRIVATE KEY-----', ...body, 'the log goes on']).lines).toEqual([
      ...[MASK, MASK, MASK, MASK],
      'the log goes on',
    ])
  })

  it('masks known values in every form they can take', () => {
    const value = 'correct horse "battery" staple'
    const knowing = createScrubber({ known: [value] })
    const forms = [
      value,
      JSON.stringify({ note: value }),
      encodeURIComponent(value),
      ...['', 'x', 'xy'].map((before) => Buffer.from(`${before}${value} and more`).toString('base64')),
      `correct horse "bat\ntery" staple`,
    ]
    const survivors = forms.filter((form) => {
      const { text } = knowing.scrub(`said ${form} so`)
      return survives(value, text) !== null
    })
    expect(survivors).toEqual([])
  })

  it('does not take a short known value for a secret, which would mask half of every log', () => {
    expect(createScrubber({ known: ['a', 'prod', ''] }).scrub('production is up').masked).toBe(0)
  })

  it('removes terminal sequences, controls and invisible characters', () => {
    expect(
      scrubber.scrub('\u001b]8;;http://evil\u0007click\u001b]8;;\u0007 a\u0000b\u202ec\u200bd').text,
    ).toBe('click abcd')
  })

  it('gives as many lines back as it got, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 30 }),
        (lines) => {
          expect(scrubber.scrubLines(lines).lines).toHaveLength(lines.length)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('masks the same again when it is asked again', () => {
    const first = scrubber.scrub(
      canaries(200, 5)
        .map(({ log }) => log)
        .join('\n'),
    )
    expect(scrubber.scrub(first.text).text).toBe(first.text)
  })
})
