import { type Moment, pick } from './moment.ts'

/**
 * What should never be in a log and always is. The secrets are made up; whoever shows these lines must scrub the secrets
 * and disarm the markup.
 */
export function oddLine({ chance, workload, at }: Moment): string {
  const stem = workload.replace(/-service$/, '').replaceAll('-', '_')
  return pick<string>(
    [
      `ERROR could not connect to postgresql://${stem}_user:Tr0ub4dor-and-3-canaries@${stem}-db:5432/${stem}_db`,
      `DEBUG outgoing headers: Authorization: Bearer ${fakeToken(at)} Accept: application/json`,
      'WARN  <!channel> <https://evil.example|click here> `rm -rf /` @here',
      'INFO  note of customer: *URGENT* <@U024BE7LH> please call, see <mailto:fake@evil.example|this>',
      'DEBUG settings loaded: SMTP_PASSWORD=hunter2-practice-canary AWS_ACCESS_KEY_ID=AKIAPRACTICE0CANARY0',
      '\u001b[31mERROR\u001b[0m worker \u001b[1mqueue-3\u001b[0m lost its lock: api_key="sk-practice-canary-55e1"',
    ],
    chance,
    400,
  )
}

/** Looks like a signed token and is none. */
function fakeToken(at: Date): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'practice', iat: at.getTime() })}.cHJhY3RpY2UtY2FuYXJ5`
}
