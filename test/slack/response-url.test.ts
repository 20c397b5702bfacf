import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResponseUrlCheck } from '../../src/slack/response-url.ts'

const check = createResponseUrlCheck('https://slack.com/api/')
const practice = createResponseUrlCheck('http://127.0.0.1:4010/api/')

describe('response URLs', () => {
  it.each([
    'https://hooks.slack.com/commands/T1/1/x',
    'https://hooks.slack.com/actions/T1/1/x',
    'https://hooks.slack-gov.com/commands/T1/1/x',
    'https://hooks.slack.com:443/commands/T1/1/x',
  ])('takes %s', (url) => {
    expect(check(url)).toBe(true)
  })

  it.each([
    'http://hooks.slack.com/commands/T1/1/x',
    'https://hooks.slack.com:8443/commands/x',
    'https://hooks.slack.com.evil.example/x',
    'https://evil.example/hooks.slack.com',
    'https://evil.example#@hooks.slack.com/',
    'https://hooks.slack.com@evil.example/x',
    'https://hooks.slack.com:x@evil.example/x',
    'https://user@hooks.slack.com/commands/x',
    'https://user:pass@hooks.slack.com/commands/x',
    'https://hooks.slack.com\\@evil.example/',
    'https:\\\\hooks.slack.com/x',
    'https://hooks.slack.com./x',
    'https://xhooks.slack.com/x',
    'https://hooks.sIack.com/x',
    'https://hooks.slаck.com/x',
    'https://hooks.slack.com\n.evil.example/x',
    ' https://hooks.slack.com/x',
    'ftp://hooks.slack.com/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//hooks.slack.com/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'http://0x7f.1/',
    'https://localhost/',
    'http://127.0.0.1:4010/response/x',
    `https://hooks.slack.com/${'x'.repeat(3000)}`,
    '',
    'x',
  ])('refuses %j', (url) => {
    expect(check(url)).toBe(false)
  })

  it.each([undefined, null, 1, {}, ['https://hooks.slack.com/x']])('refuses %j, which is no text', (url) => {
    expect(check(url)).toBe(false)
  })

  it('takes the origin of SLACK_API_URL, exactly that one', () => {
    expect(practice('http://127.0.0.1:4010/response/x')).toBe(true)
    expect(practice('http://127.0.0.1:4011/response/x')).toBe(false)
    expect(practice('https://127.0.0.1:4010/response/x')).toBe(false)
    expect(practice('http://localhost:4010/response/x')).toBe(false)
    expect(practice('http://a@127.0.0.1:4010/response/x')).toBe(false)
  })

  it('takes nothing whose host is another than Slack’s, however it is written', () => {
    const hostile = fc.oneof(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.ipV4().map((ip) => `https://${ip}/x`),
      fc.ipV6().map((ip) => `https://[${ip}]/x`),
      fc.nat().map((number) => `https://${number}/x`),
      fc.string().map((text) => `https://hooks.slack.com${text}`),
      fc.string().map((text) => `https://${text}@hooks.slack.com/`),
      fc.string().map((text) => `https://${text}hooks.slack.com/`),
      fc.string(),
    )
    fc.assert(
      fc.property(hostile, (url) => {
        if (!check(url)) return
        const { protocol, hostname, username, password, port } = new URL(url)
        expect({ protocol, hostname, username, password, port }).toEqual({
          protocol: 'https:',
          hostname: 'hooks.slack.com',
          username: '',
          password: '',
          port: '',
        })
      }),
      { numRuns: 5_000 },
    )
  })
})
